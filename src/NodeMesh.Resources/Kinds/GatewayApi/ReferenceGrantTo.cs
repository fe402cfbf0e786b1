using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Resources that may be referred to.</summary>
public sealed record ReferenceGrantTo
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The kind that may be referred to, such as Service.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>Name; all when missing.</summary>
    [Length(1, 253)]
    public string? Name { get; init; }
}
