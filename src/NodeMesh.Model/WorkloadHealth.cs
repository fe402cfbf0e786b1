namespace NodeMesh.Model;

/// <summary>Whether a workload takes new connections, as its readiness says.</summary>
public enum WorkloadHealth
{
    /// <summary>Ready.</summary>
    Healthy = 0,

    /// <summary>Not ready, or terminating: chosen only where the service publishes addresses that are not ready.</summary>
    Unhealthy = 1,
}
