using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>Which clients: those for which all fields that say something hold.</summary>
public sealed record RateLimitSource
{
    /// <summary>Identities as cluster.local/ns/shop/sa/web, with * at the end for all that begin so.</summary>
    [Count(0, 64)]
    public ImmutableArray<string> Principals { get; init; } = [];

    /// <summary>Namespaces.</summary>
    [Count(0, 64)]
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Addresses or networks (CIDR).</summary>
    [Count(0, 64)]
    public ImmutableArray<string> IpBlocks { get; init; } = [];
}
