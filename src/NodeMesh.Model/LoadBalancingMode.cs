namespace NodeMesh.Model;

/// <summary>What the preferences of a service mean. The numbers are ambient mode's own.</summary>
public enum LoadBalancingMode
{
    /// <summary>No preference.</summary>
    Unspecified = 0,

    /// <summary>All preferences must match, or there is no endpoint (<c>internalTrafficPolicy: Local</c>).</summary>
    Strict = 1,

    /// <summary>The endpoints that match the longest leading run of preferences (<c>trafficDistribution</c>).</summary>
    Failover = 2,

    /// <summary>No choice: the connection goes to the address that was dialled.</summary>
    Passthrough = 3,
}
