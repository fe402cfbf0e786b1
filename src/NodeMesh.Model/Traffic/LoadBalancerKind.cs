namespace NodeMesh.Model.Traffic;

/// <summary>How an endpoint is chosen.</summary>
public enum LoadBalancerKind
{
    /// <summary>Of two at random the one with fewer requests under way.</summary>
    LeastRequest,

    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>At random.</summary>
    Random,

    /// <summary>The address that was dialled.</summary>
    Passthrough,

    /// <summary>By a hash of something in the request.</summary>
    ConsistentHash,
}
