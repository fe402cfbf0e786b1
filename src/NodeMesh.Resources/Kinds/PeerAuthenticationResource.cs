using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A PeerAuthentication of security.istio.io.</summary>
public sealed record PeerAuthenticationResource : Resource
{
    /// <summary>Whether plaintext peers are accepted.</summary>
    public PeerAuthenticationSpec? Spec { get; init; }

    /// <summary>Written by the control plane.</summary>
    public ManifestNode? Status { get; init; }
}
