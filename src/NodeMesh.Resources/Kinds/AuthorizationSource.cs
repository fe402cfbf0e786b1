using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>Who opens the connection; fields are ANDed, values of one field ORed.</summary>
public sealed record AuthorizationSource
{
    /// <summary>Peer identities without spiffe://.</summary>
    public ImmutableArray<string> Principals { get; init; } = [];

    /// <summary>Peer identities that must not match.</summary>
    public ImmutableArray<string> NotPrincipals { get; init; } = [];

    /// <summary>Identities of the request's token (L7).</summary>
    public ImmutableArray<string> RequestPrincipals { get; init; } = [];

    /// <summary>Identities of the request's token that must not match (L7).</summary>
    public ImmutableArray<string> NotRequestPrincipals { get; init; } = [];

    /// <summary>Peer namespaces.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Peer namespaces that must not match.</summary>
    public ImmutableArray<string> NotNamespaces { get; init; } = [];

    /// <summary>Peer service accounts, as namespace/name or a name in the policy's namespace.</summary>
    public ImmutableArray<string> ServiceAccounts { get; init; } = [];

    /// <summary>Peer service accounts that must not match.</summary>
    public ImmutableArray<string> NotServiceAccounts { get; init; } = [];

    /// <summary>Peer addresses or networks.</summary>
    public ImmutableArray<string> IpBlocks { get; init; } = [];

    /// <summary>Peer addresses or networks that must not match.</summary>
    public ImmutableArray<string> NotIpBlocks { get; init; } = [];

    /// <summary>Client addresses or networks, as X-Forwarded-For or PROXY protocol tell.</summary>
    public ImmutableArray<string> RemoteIpBlocks { get; init; } = [];

    /// <summary>Client addresses or networks that must not match.</summary>
    public ImmutableArray<string> NotRemoteIpBlocks { get; init; } = [];
}
