using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A limit.</summary>
public sealed record RateLimitPolicyRule
{
    /// <summary>Its name, by which clients are told.</summary>
    [Length(1, 63)]
    [Matches("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit")]
    public required string Name { get; init; }

    /// <summary>Which requests count; all of them when missing.</summary>
    public RateLimitMatch? Match { get; init; }

    /// <summary>By what they are counted, each value on its own; all together when missing.</summary>
    [Count(0, 4)]
    public ImmutableArray<RateLimitCountBy> CountBy { get; init; } = [];

    /// <summary>Whose requests are counted together: Node, those of each node's clients (when missing), or Mesh, those of all nodes.</summary>
    [OneOf("Node", "Mesh")]
    public string? Scope { get; init; }

    /// <summary>How many there may be.</summary>
    public required RateLimitAmount Limit { get; init; }
}
