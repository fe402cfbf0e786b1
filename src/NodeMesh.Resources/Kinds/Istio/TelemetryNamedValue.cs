using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A value by name.</summary>
public sealed record TelemetryNamedValue
{
    /// <summary>The name.</summary>
    [Length(1, 4096)]
    public required string Name { get; init; }

    /// <summary>What stands in when it is missing.</summary>
    public string? DefaultValue { get; init; }
}
