using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>What becomes of traffic to unknown destinations.</summary>
public sealed record OutboundTrafficPolicy
{
    /// <summary>REGISTRY_ONLY refuses it.</summary>
    [OneOf("REGISTRY_ONLY", "ALLOW_ANY")]
    public string? Mode { get; init; }

    /// <summary>Where it is sent.</summary>
    public Destination? EgressProxy { get; init; }
}
