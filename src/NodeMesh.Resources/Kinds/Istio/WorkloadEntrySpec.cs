using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A workload outside the cluster.</summary>
public sealed record WorkloadEntrySpec
{
    /// <summary>Its address or DNS name.</summary>
    public string? Address { get; init; }

    /// <summary>Its own ports by the service port's name.</summary>
    [InRange(1, 65535)]
    public ImmutableDictionary<string, int> Ports { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Labels by which services select it.</summary>
    [Count(0, 256)]
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its network.</summary>
    [Length(0, 2048)]
    public string? Network { get; init; }

    /// <summary>Where it runs: region/zone/subzone.</summary>
    [Length(0, 2048)]
    public string? Locality { get; init; }

    /// <summary>Relative weight.</summary>
    [InRange(0, 2147483647)]
    public int? Weight { get; init; }

    /// <summary>Its service account.</summary>
    [Length(0, 253)]
    public string? ServiceAccount { get; init; }
}
