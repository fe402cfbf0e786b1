using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Chooses an endpoint by place.</summary>
public sealed record LocalityLbSetting
{
    /// <summary>Shares by the client's place.</summary>
    public ImmutableArray<LocalityDistribute> Distribute { get; init; } = [];

    /// <summary>Which region stands in for which.</summary>
    public ImmutableArray<LocalityFailover> Failover { get; init; } = [];

    /// <summary>Labels, by which endpoints that have more in common come first.</summary>
    public ImmutableArray<string> FailoverPriority { get; init; } = [];

    /// <summary>Overrides the mesh's setting.</summary>
    public bool? Enabled { get; init; }
}
