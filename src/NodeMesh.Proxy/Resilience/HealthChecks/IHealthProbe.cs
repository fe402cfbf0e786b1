namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>Asks endpoints whether they are well.</summary>
internal interface IHealthProbe
{
    /// <summary>Asks once.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="cancellationToken">Nobody wants to know any more.</param>
    /// <returns>The answer; never fails.</returns>
    Task<HealthCheckResult> CheckAsync(HealthCheckTarget target, CancellationToken cancellationToken);
}
