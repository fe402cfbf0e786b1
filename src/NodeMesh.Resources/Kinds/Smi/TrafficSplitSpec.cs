using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Splits the traffic of a service among others.</summary>
public sealed record TrafficSplitSpec
{
    /// <summary>The service that clients name.</summary>
    [Length(1, 253)]
    public required string Service { get; init; }

    /// <summary>The services that get it.</summary>
    [Count(1, 256)]
    [UniqueBy("service")]
    public required ImmutableArray<SplitBackend> Backends { get; init; }

    /// <summary>Route groups that it is for; all requests when missing.</summary>
    public ImmutableArray<SplitMatch> Matches { get; init; } = [];
}
