using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A workload outside the cluster.</summary>
public sealed record WorkloadEntrySpec
{
    /// <summary>Its address or DNS name.</summary>
    public string? Address { get; init; }

    /// <summary>Its own ports by the service port's name.</summary>
    public ImmutableDictionary<string, IntOrString> Ports { get; init; } = ImmutableDictionary<string, IntOrString>.Empty;

    /// <summary>Labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its network.</summary>
    public string? Network { get; init; }

    /// <summary>Where it runs: region/zone/subzone.</summary>
    public string? Locality { get; init; }

    /// <summary>Relative weight.</summary>
    public int? Weight { get; init; }

    /// <summary>Its service account.</summary>
    public string? ServiceAccount { get; init; }
}
