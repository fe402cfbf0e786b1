using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>One change.</summary>
public sealed record EnvoyConfigPatch
{
    /// <summary>What is changed.</summary>
    [OneOf("INVALID", "LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE", "CLUSTER", "EXTENSION_CONFIG", "BOOTSTRAP", "LISTENER_FILTER")]
    public string? ApplyTo { get; init; }

    /// <summary>Where.</summary>
    public EnvoyPatchMatch? Match { get; init; }

    /// <summary>How.</summary>
    public EnvoyPatch? Patch { get; init; }
}
