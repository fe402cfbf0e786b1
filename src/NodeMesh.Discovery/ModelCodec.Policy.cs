using System.Collections.Immutable;
using System.Net;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Model;
using Wire = NodeMesh.Discovery.Protos.Security;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    /// <summary>Encodes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The message.</returns>
    public static Wire.Authorization ToProto(AuthorizationPolicy policy)
    {
        var wire = new Wire.Authorization
        {
            Name = policy.Name,
            Namespace = policy.Namespace,
            Scope = (Wire.Scope)policy.Scope,
            Action = (Wire.Action)policy.Action,
            DryRun = policy.DryRun,
        };
        foreach (var rule in policy.Rules)
        {
            var wireRule = new Wire.Rule();
            foreach (var clause in rule.Clauses)
            {
                var wireClause = new Wire.Clause();
                wireClause.Matches.AddRange(clause.Matches.Select(EncodeMatch));
                wireRule.Clauses.Add(wireClause);
            }

            wire.Rules.Add(wireRule);
        }

        return wire;
    }

    /// <summary>Decodes a policy.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong.</exception>
    public static AuthorizationPolicy FromProto(Wire.Authorization wire)
    {
        var name = new NamespacedName(wire.Namespace, wire.Name).ToString();
        Required(name, "name", wire.Name);
        return new AuthorizationPolicy
        {
            Name = wire.Name,
            Namespace = wire.Namespace,
            Scope = DecodeEnum<Wire.Scope, PolicyScope>(name, "scope", wire.Scope),
            Action = DecodeEnum<Wire.Action, PolicyAction>(name, "action", wire.Action),
            DryRun = wire.DryRun,
            Rules = [.. wire.Rules.Select(r => new PolicyRule([.. r.Clauses.Select(c => new PolicyClause([.. c.Matches.Select(m => DecodeMatch(name, m))]))]))],
        };
    }

    private static Wire.Match EncodeMatch(PolicyMatch match)
    {
        var wire = new Wire.Match();
        wire.Namespaces.AddRange(match.Namespaces.Select(EncodeString));
        wire.NotNamespaces.AddRange(match.NotNamespaces.Select(EncodeString));
        wire.Principals.AddRange(match.Principals.Select(EncodeString));
        wire.NotPrincipals.AddRange(match.NotPrincipals.Select(EncodeString));
        wire.ServiceAccounts.AddRange(match.ServiceAccounts.Select(EncodeAccount));
        wire.NotServiceAccounts.AddRange(match.NotServiceAccounts.Select(EncodeAccount));
        wire.SourceIps.AddRange(match.SourceIps.Select(EncodeNetwork));
        wire.NotSourceIps.AddRange(match.NotSourceIps.Select(EncodeNetwork));
        wire.DestinationIps.AddRange(match.DestinationIps.Select(EncodeNetwork));
        wire.NotDestinationIps.AddRange(match.NotDestinationIps.Select(EncodeNetwork));
        wire.DestinationPorts.AddRange(match.DestinationPorts.Select(p => (uint)p));
        wire.NotDestinationPorts.AddRange(match.NotDestinationPorts.Select(p => (uint)p));
        return wire;
    }

    private static PolicyMatch DecodeMatch(string name, Wire.Match wire) => new()
    {
        Namespaces = DecodeStrings(name, "namespaces", wire.Namespaces),
        NotNamespaces = DecodeStrings(name, "not_namespaces", wire.NotNamespaces),
        Principals = DecodeStrings(name, "principals", wire.Principals),
        NotPrincipals = DecodeStrings(name, "not_principals", wire.NotPrincipals),
        ServiceAccounts = DecodeAccounts(name, "service_accounts", wire.ServiceAccounts),
        NotServiceAccounts = DecodeAccounts(name, "not_service_accounts", wire.NotServiceAccounts),
        SourceIps = DecodeNetworks(name, "source_ips", wire.SourceIps),
        NotSourceIps = DecodeNetworks(name, "not_source_ips", wire.NotSourceIps),
        DestinationIps = DecodeNetworks(name, "destination_ips", wire.DestinationIps),
        NotDestinationIps = DecodeNetworks(name, "not_destination_ips", wire.NotDestinationIps),
        DestinationPorts = [.. wire.DestinationPorts.Select(p => DecodePort(name, "destination_ports", p, zeroAllowed: false))],
        NotDestinationPorts = [.. wire.NotDestinationPorts.Select(p => DecodePort(name, "not_destination_ports", p, zeroAllowed: false))],
    };

    private static Wire.StringMatch EncodeString(StringMatch match) => match.Kind switch
    {
        StringMatchKind.Exact => new Wire.StringMatch { Exact = match.Value },
        StringMatchKind.Prefix => new Wire.StringMatch { Prefix = match.Value },
        StringMatchKind.Suffix => new Wire.StringMatch { Suffix = match.Value },
        _ => new Wire.StringMatch { Presence = new Empty() },
    };

    private static ImmutableArray<StringMatch> DecodeStrings(string name, string field, RepeatedField<Wire.StringMatch> wire) =>
        [.. wire.Select(m => m.MatchTypeCase switch
        {
            Wire.StringMatch.MatchTypeOneofCase.Exact => new StringMatch(StringMatchKind.Exact, m.Exact),
            Wire.StringMatch.MatchTypeOneofCase.Prefix => new StringMatch(StringMatchKind.Prefix, m.Prefix),
            Wire.StringMatch.MatchTypeOneofCase.Suffix => new StringMatch(StringMatchKind.Suffix, m.Suffix),
            Wire.StringMatch.MatchTypeOneofCase.Presence => new StringMatch(StringMatchKind.Presence, ""),
            _ => throw new DiscoveryFormatException(name, field, "the kind of string match is not known"),
        })];

    private static Wire.ServiceAccountMatch EncodeAccount(ServiceAccountMatch match) => new() { Namespace = match.Namespace, ServiceAccount = match.ServiceAccount };

    private static ImmutableArray<ServiceAccountMatch> DecodeAccounts(string name, string field, RepeatedField<Wire.ServiceAccountMatch> wire) =>
        [.. wire.Select(m => new ServiceAccountMatch(Required(name, $"{field}.namespace", m.Namespace), Required(name, $"{field}.service_account", m.ServiceAccount)))];

    private static Wire.Address EncodeNetwork(IPNetwork network) => new() { Address_ = EncodeAddress(network.BaseAddress), Length = (uint)network.PrefixLength };

    private static ImmutableArray<IPNetwork> DecodeNetworks(string name, string field, RepeatedField<Wire.Address> wire) =>
        [.. wire.Select(a => DecodeNetwork(name, field, a))];

    private static IPNetwork DecodeNetwork(string name, string field, Wire.Address wire)
    {
        if (wire.Address_.Length is not (4 or 16) || wire.Length > wire.Address_.Length * 8)
        {
            throw new DiscoveryFormatException(name, field, $"{wire.Address_.Length} bytes with prefix length {wire.Length} are not a network");
        }

        // IPNetwork wants the host bits clear, and what came off the wire may have them set.
        var bytes = wire.Address_.ToByteArray();
        for (var bit = (int)wire.Length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), (int)wire.Length);
    }
}
