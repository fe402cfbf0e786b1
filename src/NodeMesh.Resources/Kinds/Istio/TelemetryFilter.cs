namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which requests are logged.</summary>
public sealed record TelemetryFilter
{
    /// <summary>A CEL expression.</summary>
    public string? Expression { get; init; }
}
