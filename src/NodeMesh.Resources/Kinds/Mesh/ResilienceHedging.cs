using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A second try beside the first, of which the first good answer counts.</summary>
public sealed record ResilienceHedging
{
    /// <summary>Whether it begins when the time of a try has passed.</summary>
    public required bool OnPerTryTimeout { get; init; }

    /// <summary>That time; the route's time-out of a try when missing.</summary>
    [GatewayDuration]
    public string? PerTryTimeout { get; init; }
}
