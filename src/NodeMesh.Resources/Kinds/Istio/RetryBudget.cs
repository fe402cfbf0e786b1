using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How many retries there may be at once.</summary>
public sealed record RetryBudget
{
    /// <summary>Share of the active requests; 20 when missing.</summary>
    public Percent? Percent { get; init; }

    /// <summary>As many are always allowed; 3 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? MinRetryConcurrency { get; init; }
}
