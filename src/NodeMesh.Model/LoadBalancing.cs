using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>How a service's endpoints are chosen.</summary>
public sealed record LoadBalancing
{
    /// <summary>No preference, healthy endpoints only.</summary>
    public static LoadBalancing Default { get; } = new();

    /// <summary>Preferences, the most important first.</summary>
    public ImmutableArray<TrafficScope> Preferences { get; init; } = [];

    /// <summary>What the preferences mean.</summary>
    public LoadBalancingMode Mode { get; init; }

    /// <summary>True when endpoints that are not ready count too (<c>publishNotReadyAddresses</c>).</summary>
    public bool AllowUnhealthy { get; init; }
}
