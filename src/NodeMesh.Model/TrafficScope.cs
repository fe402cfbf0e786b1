namespace NodeMesh.Model;

/// <summary>One preference in choosing endpoints: what client and endpoint should share. The numbers are ambient mode's own.</summary>
public enum TrafficScope
{
    /// <summary>The same region.</summary>
    Region = 1,

    /// <summary>The same zone.</summary>
    Zone = 2,

    /// <summary>The same subzone.</summary>
    Subzone = 3,

    /// <summary>The same node.</summary>
    Node = 4,

    /// <summary>The same cluster.</summary>
    Cluster = 5,

    /// <summary>The same network.</summary>
    Network = 6,
}
