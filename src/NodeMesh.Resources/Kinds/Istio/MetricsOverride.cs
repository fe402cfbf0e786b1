using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A change of metrics.</summary>
public sealed record MetricsOverride
{
    /// <summary>Which; all when missing.</summary>
    public MetricSelector? Match { get; init; }

    /// <summary>Whether they are switched off.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Changes of tags.</summary>
    public ImmutableDictionary<string, TagOverride> TagOverrides { get; init; } = ImmutableDictionary<string, TagOverride>.Empty;
}
