using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>An AuthorizationPolicy of security.istio.io.</summary>
public sealed record AuthorizationPolicyResource : Resource
{
    /// <summary>What is allowed or refused; missing: nothing is allowed.</summary>
    public AuthorizationPolicySpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
