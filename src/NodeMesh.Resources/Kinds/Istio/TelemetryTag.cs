using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A tag of a span.</summary>
[AtMostOneOf("literal", "environment", "header", "formatter")]
public sealed record TelemetryTag
{
    /// <summary>A text.</summary>
    public TelemetryLiteral? Literal { get; init; }

    /// <summary>An environment variable.</summary>
    public TelemetryNamedValue? Environment { get; init; }

    /// <summary>A header.</summary>
    public TelemetryNamedValue? Header { get; init; }

    /// <summary>A format of the proxy.</summary>
    public TelemetryLiteral? Formatter { get; init; }
}
