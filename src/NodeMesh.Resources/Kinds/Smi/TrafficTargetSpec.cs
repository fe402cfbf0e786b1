using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Who may reach whom.</summary>
public sealed record TrafficTargetSpec
{
    /// <summary>The service account whose pods may be reached.</summary>
    public required TargetIdentity Destination { get; init; }

    /// <summary>The service accounts whose pods may reach them.</summary>
    [Count(1, 256)]
    public required ImmutableArray<TargetIdentity> Sources { get; init; }

    /// <summary>By which connections and requests; all when missing.</summary>
    public ImmutableArray<TargetRule> Rules { get; init; } = [];
}
