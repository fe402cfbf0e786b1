using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Kinds.Smi;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>
/// No field of a routing kind is parsed and then forgotten: the translation reads each of them, to do what it says or to report that it is not done. Which it is, the tests of
/// each kind say; a new field that nobody thought of fails here.
/// </summary>
public sealed class FieldUseTests
{
    private const string Translation = "NodeMesh.Resources.Translation";

    /// <summary>What nobody has to read.</summary>
    private static readonly ImmutableHashSet<string> Exempt =
    [
        // One of a choice, which its sibling tells, or what is left when no other is there.
        "ConsistentHash.UseSourceIp", "HttpRouteFilter.ExtensionRef", "HttpRouteFilter.ExternalAuth",

        // For gateways, whose own controllers read it.
        "RouteSpec.UseDefaultGateways",

        // A reference with one kind of target, and conditions of a group that allows nothing as a whole.
        "SplitMatch.ApiGroup", "TargetIdentity.Kind", "TargetRule.Matches",

        // Whether an endpoint is in the mesh is seen by itself.
        "ServiceEntrySpec.Location",
    ];

    /// <summary>Reported as a whole, at the field that has them.</summary>
    private static readonly ImmutableHashSet<Type> Whole = [typeof(SidecarIngress), typeof(SidecarPort), typeof(LocalObjectReference), typeof(TunnelSettings), typeof(Http2KeepAlive), typeof(HttpCookieAttribute)];

    private static readonly Lazy<ImmutableHashSet<string>> Read = new(FindReadProperties);

    [Theory]
    [InlineData(typeof(VirtualServiceSpec))]
    [InlineData(typeof(DestinationRuleSpec))]
    [InlineData(typeof(ServiceEntrySpec))]
    [InlineData(typeof(WorkloadEntrySpec))]
    [InlineData(typeof(SidecarSpec))]
    [InlineData(typeof(HttpRouteSpec))]
    [InlineData(typeof(GrpcRouteSpec))]
    [InlineData(typeof(TlsRouteSpec))]
    [InlineData(typeof(ConnectionRouteSpec))]
    [InlineData(typeof(TrafficSplitSpec))]
    [InlineData(typeof(HttpRouteGroupSpec))]
    [InlineData(typeof(TrafficTargetSpec))]
    public void Field_OfARoutingKind_IsReadByTheTranslation(Type spec)
    {
        var forgotten = Reachable(spec)
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(p => $"{t.Name}.{p.Name}"))
            .Where(p => !p.EndsWith(".EqualityContract", StringComparison.Ordinal) && !Read.Value.Contains(p))
            .Except(Exempt)
            .Order(StringComparer.Ordinal);

        Assert.Equal("", string.Join(", ", forgotten));
    }

    /// <summary>The types that a spec is made of.</summary>
    private static HashSet<Type> Reachable(Type root)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>([root]);
        while (open.TryPop(out var type))
        {
            if (type.IsGenericType)
            {
                foreach (var argument in type.GetGenericArguments())
                {
                    open.Push(argument);
                }
            }
            else if (type.Namespace?.StartsWith("NodeMesh.Resources.Kinds", StringComparison.Ordinal) == true && !type.IsEnum && !Whole.Contains(type) && found.Add(type))
            {
                foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    open.Push(property.PropertyType);
                }

                if (type.BaseType is { } above)
                {
                    open.Push(above);
                }
            }
        }

        return found;
    }

    /// <summary>The properties whose getters are called somewhere in the translation.</summary>
    private static ImmutableHashSet<string> FindReadProperties()
    {
        using var file = File.OpenRead(typeof(VirtualServiceSpec).Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var getters = new Dictionary<int, string>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (metadata.GetString(method.Name) is ['g', 'e', 't', '_', .. var property])
            {
                getters[MetadataTokens.GetToken(handle)] = $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{property}";
            }
        }

        var read = ImmutableHashSet.CreateBuilder<string>();
        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(m => m.RelativeVirtualAddress != 0 && IsTranslation(metadata, m.GetDeclaringType())))
        {
            var code = image.GetMethodBody(method.RelativeVirtualAddress).GetILContent().AsSpan();
            for (var i = 0; i + 5 <= code.Length; i++)
            {
                // call and callvirt, with the method's token behind.
                if (code[i] is 0x28 or 0x6f && getters.TryGetValue(BitConverter.ToInt32(code[(i + 1)..]), out var property))
                {
                    read.Add(property);
                }
            }
        }

        return read.ToImmutable();
    }

    private static bool IsTranslation(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);

        // What the compiler makes of lambdas and iterators is nested in the type that has them.
        return type.GetDeclaringType() is { IsNil: false } outer ? IsTranslation(metadata, outer) : metadata.GetString(type.Namespace).StartsWith(Translation, StringComparison.Ordinal);
    }
}
