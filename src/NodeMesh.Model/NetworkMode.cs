namespace NodeMesh.Model;

/// <summary>Whose network namespace a workload lives in.</summary>
public enum NetworkMode
{
    /// <summary>Its own; its address is its own.</summary>
    Standard = 0,

    /// <summary>The node's: address lookups must not take such a workload for the node's other traffic.</summary>
    HostNetwork = 1,
}
