using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What a policy is for.</summary>
public sealed record PolicyTarget
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The target's kind, such as Service.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>The target's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>A port of the Service by name; all when missing.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public string? SectionName { get; init; }
}
