using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates sources, operations and conditions of an AuthorizationPolicy, whose values are valid.</summary>
internal sealed class MatchTranslator(MeshSettings settings, string policyNamespace)
{
    /// <summary>Translates a source.</summary>
    /// <param name="source">The source.</param>
    /// <returns>The match.</returns>
    public TranslatedMatch Source(AuthorizationSource source)
    {
        // To L4 the remote address (of X-Forwarded-For or the PROXY protocol) is the connection's own: both lists must hold the one address.
        var direct = Networks(source.IpBlocks);
        var remote = Networks(source.RemoteIpBlocks);
        var both = direct.IsEmpty ? remote : remote.IsEmpty ? direct : IpBlocks.Intersect(direct, remote);
        var match = new PolicyMatch
        {
            Principals = Principals(source.Principals),
            NotPrincipals = Principals(source.NotPrincipals),
            Namespaces = Strings(source.Namespaces),
            NotNamespaces = Strings(source.NotNamespaces),
            ServiceAccounts = Accounts(source.ServiceAccounts),
            NotServiceAccounts = Accounts(source.NotServiceAccounts),
            SourceIps = both,
            NotSourceIps = [.. Networks(source.NotIpBlocks).Union(Networks(source.NotRemoteIpBlocks))],
        };
        var fields = Present(("requestPrincipals", source.RequestPrincipals), ("notRequestPrincipals", source.NotRequestPrincipals));
        return Translated(match, fields, both.IsEmpty && !direct.IsEmpty);
    }

    /// <summary>Translates an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>The match.</returns>
    public static TranslatedMatch Operation(AuthorizationOperation operation)
    {
        var match = new PolicyMatch { DestinationPorts = Ports(operation.Ports), NotDestinationPorts = Ports(operation.NotPorts) };
        var fields = Present(
            ("hosts", operation.Hosts), ("notHosts", operation.NotHosts), ("methods", operation.Methods),
            ("notMethods", operation.NotMethods), ("paths", operation.Paths), ("notPaths", operation.NotPaths));
        return Translated(match, fields, false);
    }

    /// <summary>Translates a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <returns>The match.</returns>
    public TranslatedMatch Condition(AuthorizationCondition condition)
    {
        var (values, not) = (condition.Values, condition.NotValues);
        var match = condition.Key switch
        {
            "source.ip" or "remote.ip" => new PolicyMatch { SourceIps = Networks(values), NotSourceIps = Networks(not) },
            "destination.ip" => new PolicyMatch { DestinationIps = Networks(values), NotDestinationIps = Networks(not) },
            "destination.port" => new PolicyMatch { DestinationPorts = Ports(values), NotDestinationPorts = Ports(not) },
            "source.namespace" => new PolicyMatch { Namespaces = Strings(values), NotNamespaces = Strings(not) },
            "source.principal" => new PolicyMatch { Principals = Principals(values), NotPrincipals = Principals(not) },
            "source.serviceAccount" => new PolicyMatch { ServiceAccounts = Accounts(values), NotServiceAccounts = Accounts(not) },
            _ => null,
        };
        return match is null ? new TranslatedMatch(null, [condition.Key]) : Translated(match, [], false);
    }

    private static TranslatedMatch Translated(PolicyMatch match, ImmutableArray<string> fields, bool impossible)
    {
        var empty = match.Principals.IsEmpty && match.NotPrincipals.IsEmpty && match.Namespaces.IsEmpty && match.NotNamespaces.IsEmpty
            && match.ServiceAccounts.IsEmpty && match.NotServiceAccounts.IsEmpty && match.SourceIps.IsEmpty && match.NotSourceIps.IsEmpty
            && match.DestinationIps.IsEmpty && match.NotDestinationIps.IsEmpty && match.DestinationPorts.IsEmpty && match.NotDestinationPorts.IsEmpty;
        return new TranslatedMatch(empty ? null : match, fields, impossible);
    }

    private static ImmutableArray<string> Present(params ReadOnlySpan<(string Name, ImmutableArray<string> Values)> fields)
    {
        var present = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, values) in fields)
        {
            if (!values.IsEmpty)
            {
                present.Add(name);
            }
        }

        return present.ToImmutable();
    }

    private static ImmutableArray<IPNetwork> Networks(ImmutableArray<string> values) =>
        [.. values.Select(v => IpBlocks.TryParse(v, out var network) ? network : throw new FormatException($"'{v}' is not an address or network"))];

    private static ImmutableArray<int> Ports(ImmutableArray<string> values) => [.. values.Select(v => int.Parse(v, CultureInfo.InvariantCulture))];

    private static ImmutableArray<StringMatch> Strings(IEnumerable<string> values) => [.. values.Select(ToMatch)];

    // A policy that names the local trust domain in any of its spellings means the same identities.
    private ImmutableArray<StringMatch> Principals(ImmutableArray<string> values) => Strings(values.SelectMany(value =>
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var domain = slash < 0 ? "" : value[..slash];
        var local = domain == SpiffeId.DefaultTrustDomain || domain == settings.TrustDomain || settings.TrustDomainAliases.Contains(domain);
        return local ? [settings.TrustDomain + value[slash..], .. settings.TrustDomainAliases.Select(alias => alias + value[slash..])] : (IEnumerable<string>)[value];
    }).Distinct());

    private ImmutableArray<ServiceAccountMatch> Accounts(ImmutableArray<string> values) =>
        [.. values.Select(v => v.Split('/') is [var ns, var name] ? new ServiceAccountMatch(ns, name) : new ServiceAccountMatch(policyNamespace, v))];

    private static StringMatch ToMatch(string value)
    {
        if (value == "*")
        {
            return new StringMatch(StringMatchKind.Presence, "");
        }

        if (value.StartsWith('*'))
        {
            return new StringMatch(StringMatchKind.Suffix, value[1..]);
        }

        return value.EndsWith('*') ? new StringMatch(StringMatchKind.Prefix, value[..^1]) : new StringMatch(StringMatchKind.Exact, value);
    }
}
