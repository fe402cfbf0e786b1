using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A text.</summary>
public sealed record TelemetryLiteral
{
    /// <summary>The text.</summary>
    [Length(1, 4096)]
    public required string Value { get; init; }
}
