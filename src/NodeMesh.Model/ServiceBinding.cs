using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A workload's membership in a service: the ports of the service as this workload serves them.</summary>
/// <param name="Service">Namespace and host name of the service, <c>Name</c> being the host name (<c>web.shop.svc.cluster.local</c>).</param>
/// <param name="Ports">Service ports with this workload's own target ports.</param>
public sealed record ServiceBinding(NamespacedName Service, ImmutableArray<ServicePort> Ports);
