namespace NodeMesh.Model.Traffic;

/// <summary>Whose requests a limit counts together.</summary>
public enum RateLimitScope
{
    /// <summary>Those of one node's clients: each node proxy has a bucket of its own.</summary>
    Node,

    /// <summary>Those of all nodes: the control plane has one bucket for the mesh.</summary>
    Mesh,
}
