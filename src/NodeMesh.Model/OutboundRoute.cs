namespace NodeMesh.Model;

/// <summary>How an outbound connection leaves.</summary>
public enum OutboundRoute
{
    /// <summary>It does not.</summary>
    Refuse,

    /// <summary>To a pod of this node, in the same proxy.</summary>
    SameNode,

    /// <summary>Over the tunnel that the source identity shares towards another node.</summary>
    NodeTunnel,

    /// <summary>Over a tunnel to the pod's own port 15008 (a plain ambient peer).</summary>
    PodTunnel,

    /// <summary>Plain TCP to a known workload outside the mesh.</summary>
    PlainTcp,

    /// <summary>Plain TCP to the address that was dialled, unchanged.</summary>
    Passthrough,
}
