using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A named part of a service.</summary>
public sealed record Subset
{
    /// <summary>The name that routes call it by.</summary>
    public required string Name { get; init; }

    /// <summary>Labels of its endpoints.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>For it, instead.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }
}
