using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>When an endpoint is left out for a while.</summary>
public sealed record OutlierDetection
{
    /// <summary>Deprecated in favour of consecutiveGatewayErrors.</summary>
    public int? ConsecutiveErrors { get; init; }

    /// <summary>Whether local failures count on their own.</summary>
    public bool? SplitExternalLocalOriginErrors { get; init; }

    /// <summary>Local failures in a row; 5 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? ConsecutiveLocalOriginFailures { get; init; }

    /// <summary>Statuses 502, 503 and 504 in a row; off when missing.</summary>
    [InRange(0, 2147483647)]
    public int? ConsecutiveGatewayErrors { get; init; }

    /// <summary>Statuses 5xx in a row; 5 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? Consecutive5xxErrors { get; init; }

    /// <summary>Time between two checks; 10s when missing.</summary>
    [GoDuration]
    public string? Interval { get; init; }

    /// <summary>The shortest time out; 30s when missing.</summary>
    [GoDuration]
    public string? BaseEjectionTime { get; init; }

    /// <summary>The most that may be out; 10 when missing.</summary>
    public int? MaxEjectionPercent { get; init; }

    /// <summary>With fewer healthy ones nothing is left out.</summary>
    public int? MinHealthPercent { get; init; }
}
