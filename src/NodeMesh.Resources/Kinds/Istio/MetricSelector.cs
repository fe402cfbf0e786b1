using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which metrics.</summary>
[AtMostOneOf("metric", "customMetric")]
public sealed record MetricSelector
{
    /// <summary>One of Istio's.</summary>
    [OneOf("ALL_METRICS", "REQUEST_COUNT", "REQUEST_DURATION", "REQUEST_SIZE", "RESPONSE_SIZE", "TCP_OPENED_CONNECTIONS", "TCP_CLOSED_CONNECTIONS", "TCP_SENT_BYTES", "TCP_RECEIVED_BYTES", "GRPC_REQUEST_MESSAGES", "GRPC_RESPONSE_MESSAGES")]
    public string? Metric { get; init; }

    /// <summary>One by name.</summary>
    [Length(1, 4096)]
    public string? CustomMetric { get; init; }

    /// <summary>At which end.</summary>
    [OneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER")]
    public string? Mode { get; init; }
}
