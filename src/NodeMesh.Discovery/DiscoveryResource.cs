using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Discovery;

/// <summary>A resource as discovery sends it, encoded once for all proxies.</summary>
/// <param name="Name">Its name, unique in its type.</param>
/// <param name="Version">A hash of its content, the same in every process.</param>
/// <param name="Body">The message.</param>
/// <param name="Aliases">Other names by which it may be subscribed: <c>network/address</c>.</param>
/// <param name="MemberOf">Names of resources whose subscribers get this one too: the services of a workload.</param>
public sealed record DiscoveryResource(string Name, string Version, Any Body, ImmutableArray<string> Aliases, ImmutableArray<string> MemberOf)
{
    // 128 bits of SHA-256: collisions are out of reach, and the text stays short in initial_resource_versions.
    private const int VersionBytes = 16;

    /// <summary>Encodes a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(Workload workload) => Create(
        ModelCodec.NameOf(workload),
        TypeUrls.Address,
        ModelCodec.ToProto(workload),
        [.. workload.Addresses.Select(a => ModelCodec.AliasOf(workload.Network, a))],
        [.. workload.Services.Select(s => s.Service.ToString())]);

    /// <summary>Encodes a service.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(Service service) => Create(
        ModelCodec.NameOf(service),
        TypeUrls.Address,
        ModelCodec.ToProto(service),
        [.. service.Addresses.Select(a => ModelCodec.AliasOf("", a))],
        []);

    /// <summary>Encodes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(AuthorizationPolicy policy) => Create(ModelCodec.NameOf(policy), TypeUrls.Authorization, ModelCodec.ToProto(policy), [], []);

    /// <summary>Encodes a NetworkPolicy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(NetworkPolicy policy) => Create(ModelCodec.NameOf(policy), TypeUrls.NetworkPolicy, ModelCodec.ToProto(policy), [], []);

    /// <summary>Encodes a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(MeshNode node) => Create(node.Name, TypeUrls.Node, ModelCodec.ToProto(node), [], []);

    /// <summary>Encodes routes.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>The resource.</returns>
    public static DiscoveryResource Of(ServiceRoutes routes) => Create(ModelCodec.NameOf(routes), TypeUrls.Routes, ModelCodec.ToProto(routes), [], []);

    private static DiscoveryResource Create(string name, string typeUrl, IMessage message, ImmutableArray<string> aliases, ImmutableArray<string> memberOf)
    {
        var bytes = message.ToByteString();
        var version = Convert.ToHexStringLower(SHA256.HashData(bytes.Span).AsSpan(0, VersionBytes));
        return new DiscoveryResource(name, version, new Any { TypeUrl = typeUrl, Value = bytes }, aliases, memberOf);
    }
}
