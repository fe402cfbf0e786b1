namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>What one health check found.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problem">What is wrong; null for nothing.</param>
internal readonly record struct HealthCheckResult(HealthCheckOutcome Outcome, string? Problem)
{
    /// <summary>The endpoint is well.</summary>
    public static HealthCheckResult Passed => new(HealthCheckOutcome.Passed, null);

    /// <summary>It was not asked, or nobody waited for its answer: that says nothing.</summary>
    public static HealthCheckResult Unknown => new(HealthCheckOutcome.Unknown, null);

    /// <summary>The endpoint is not well.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <returns>The result.</returns>
    public static HealthCheckResult Failed(string problem) => new(HealthCheckOutcome.Failed, problem);
}
