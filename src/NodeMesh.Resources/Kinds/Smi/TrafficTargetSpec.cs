using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Who may reach whom.</summary>
public sealed record TrafficTargetSpec
{
    /// <summary>Whom.</summary>
    public required TargetIdentity Destination { get; init; }

    /// <summary>Who.</summary>
    [Count(1, 256)]
    public required ImmutableArray<TargetIdentity> Sources { get; init; }

    /// <summary>By what; everything when missing.</summary>
    public ImmutableArray<TargetRule> Rules { get; init; } = [];
}
