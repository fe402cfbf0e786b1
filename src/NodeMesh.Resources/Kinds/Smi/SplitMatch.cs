using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>A route group.</summary>
public sealed record SplitMatch
{
    /// <summary>HTTPRouteGroup.</summary>
    [OneOf("HTTPRouteGroup")]
    public required string Kind { get; init; }

    /// <summary>The HTTPRouteGroup's name, in the same namespace.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>specs.smi-spec.io when missing.</summary>
    public string? ApiGroup { get; init; }
}
