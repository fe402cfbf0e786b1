using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>How many requests there may be.</summary>
public sealed record RateLimitAmount
{
    /// <summary>Requests in each period.</summary>
    [InRange(1, 1_000_000)]
    public required int Requests { get; init; }

    /// <summary>The period, such as 1s, 1m or 1h.</summary>
    [GatewayDuration]
    public required string Per { get; init; }

    /// <summary>Requests at once after a pause; as many as in a period when missing.</summary>
    [InRange(1, 1_000_000)]
    public int? Burst { get; init; }
}
