namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>How a health check ended.</summary>
internal enum HealthCheckOutcome
{
    /// <summary>It says nothing.</summary>
    Unknown,

    /// <summary>The endpoint is well.</summary>
    Passed,

    /// <summary>The endpoint is not well.</summary>
    Failed,
}
