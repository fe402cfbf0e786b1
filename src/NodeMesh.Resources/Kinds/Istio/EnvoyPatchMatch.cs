using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Where a change applies.</summary>
[AtMostOneOf("listener", "routeConfiguration", "cluster", "waypoint")]
public sealed record EnvoyPatchMatch
{
    /// <summary>At which proxies.</summary>
    [OneOf("ANY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY", "WAYPOINT")]
    public string? Context { get; init; }

    /// <summary>At which versions.</summary>
    public EnvoyProxyMatch? Proxy { get; init; }

    /// <summary>In which listeners.</summary>
    public ManifestNode? Listener { get; init; }

    /// <summary>In which routes.</summary>
    public ManifestNode? RouteConfiguration { get; init; }

    /// <summary>In which clusters.</summary>
    public ManifestNode? Cluster { get; init; }

    /// <summary>At which waypoints.</summary>
    public ManifestNode? Waypoint { get; init; }
}
