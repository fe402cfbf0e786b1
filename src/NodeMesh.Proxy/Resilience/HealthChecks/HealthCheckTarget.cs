using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>Whom a health check asks, and in whose name.</summary>
/// <param name="Pod">The pod of this node whose identity and address the check bears: the one that used the service last.</param>
/// <param name="Client">Its workload.</param>
/// <param name="Service">The service.</param>
/// <param name="ServicePort">The service's port that the endpoint serves.</param>
/// <param name="Settings">What holds for the endpoints of that port.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Port">The endpoint's port that is asked.</param>
/// <param name="Check">What is asked.</param>
internal sealed record HealthCheckTarget(
    PodRuntime Pod, Workload Client, Service Service, int ServicePort, TrafficSettings Settings, Workload Endpoint, int Port, HealthCheck Check);
