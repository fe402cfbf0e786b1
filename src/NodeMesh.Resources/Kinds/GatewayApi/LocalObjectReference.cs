using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Names a resource of the same namespace.</summary>
public sealed record LocalObjectReference
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The object's kind.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>The object's name, in the same namespace.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }
}
