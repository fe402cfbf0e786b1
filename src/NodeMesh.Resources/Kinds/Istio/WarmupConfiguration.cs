using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How a new endpoint gets less.</summary>
public sealed record WarmupConfiguration
{
    /// <summary>For how long.</summary>
    [GoDuration]
    public required string Duration { get; init; }

    /// <summary>The least share; 10 when missing.</summary>
    [InRange(0, 100)]
    public double? MinimumPercent { get; init; }

    /// <summary>How fast the share grows; 1 when missing.</summary>
    [InRange(1, 3.4e38)]
    public double? Aggression { get; init; }
}
