using NodeMesh.Model;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>What tells health checks apart: clusters that differ in their clients alone share them.</summary>
/// <param name="Service">The service.</param>
/// <param name="ServicePort">Its port.</param>
/// <param name="Endpoint">The endpoint's UID.</param>
/// <param name="Port">The endpoint's port that is asked.</param>
/// <param name="Check">What is asked.</param>
internal readonly record struct HealthCheckKey(NamespacedName Service, int ServicePort, string Endpoint, int Port, HealthCheck Check);
