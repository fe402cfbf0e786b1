namespace NodeMesh.Model;

/// <summary>Why an outbound connection is refused.</summary>
public enum OutboundRefusal
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The destination is a port of the proxy on the pod's own loopback: following it would loop.</summary>
    SelfCall,

    /// <summary>The destination is not in the mesh, and policy says <c>REGISTRY_ONLY</c>.</summary>
    UnknownDestination,

    /// <summary>The service does not have the port that was dialled.</summary>
    UnknownPort,

    /// <summary>No endpoint of the service takes connections.</summary>
    NoHealthyEndpoint,

    /// <summary>The endpoint is on a network that cannot be reached from here.</summary>
    OtherNetwork,

    /// <summary>The endpoint's node has no address of a family that this node has.</summary>
    NoNodeAddress,
}
