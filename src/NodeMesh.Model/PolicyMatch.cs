using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>One match of a clause: the kinds of sets are ANDed, the values of one set ORed, and a match with nothing set matches nothing. As <c>istio.security.Match</c>.</summary>
public sealed record PolicyMatch
{
    /// <summary>Source namespaces, compared with the peer identity's.</summary>
    public ImmutableArray<StringMatch> Namespaces { get; init; } = [];

    /// <summary>Source namespaces that must not match.</summary>
    public ImmutableArray<StringMatch> NotNamespaces { get; init; } = [];

    /// <summary>Peer identities without <c>spiffe://</c>.</summary>
    public ImmutableArray<StringMatch> Principals { get; init; } = [];

    /// <summary>Peer identities that must not match.</summary>
    public ImmutableArray<StringMatch> NotPrincipals { get; init; } = [];

    /// <summary>Source service accounts.</summary>
    public ImmutableArray<ServiceAccountMatch> ServiceAccounts { get; init; } = [];

    /// <summary>Source service accounts that must not match.</summary>
    public ImmutableArray<ServiceAccountMatch> NotServiceAccounts { get; init; } = [];

    /// <summary>Source networks.</summary>
    public ImmutableArray<IPNetwork> SourceIps { get; init; } = [];

    /// <summary>Source networks that must not match.</summary>
    public ImmutableArray<IPNetwork> NotSourceIps { get; init; } = [];

    /// <summary>Destination networks.</summary>
    public ImmutableArray<IPNetwork> DestinationIps { get; init; } = [];

    /// <summary>Destination networks that must not match.</summary>
    public ImmutableArray<IPNetwork> NotDestinationIps { get; init; } = [];

    /// <summary>Ports of the workload.</summary>
    public ImmutableArray<int> DestinationPorts { get; init; } = [];

    /// <summary>Ports of the workload that must not match.</summary>
    public ImmutableArray<int> NotDestinationPorts { get; init; } = [];
}
