using System.Collections.Immutable;
using System.Net;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Endpoints;

/// <summary>Finds what is behind services: pods by selector, or addresses that were applied as Endpoints or EndpointSlices.</summary>
/// <param name="store">The objects.</param>
/// <param name="pods">All pods.</param>
internal sealed class EndpointFinder(ObjectStore store, IReadOnlyCollection<Pod> pods)
{
    /// <summary>The endpoints of a service, ready or not; pods without a network and finished ones are none.</summary>
    /// <param name="service">The service.</param>
    public ImmutableArray<ServiceEndpoint> Find(ServiceResource service)
    {
        var ns = service.Metadata.Namespace!;
        if (service.Spec.Selector.Count == 0)
        {
            return [.. Applied(ns, service.Metadata.Name)];
        }

        var unready = service.Spec.PublishNotReadyAddresses == true;
        return
        [
            .. pods.Where(p => p.Namespace == ns && p.HasNetwork && service.Spec.Selector.All(s => p.Resource.Metadata.Labels.GetValueOrDefault(s.Key) == s.Value))
                .SelectMany(p => new[] { p.V4, p.V6 }.Select(a => new ServiceEndpoint(a, HostnameIn(p, service), p.IsReady || unready, p))),
        ];
    }

    /// <summary>All ports of all services with addresses, as the service rules need them.</summary>
    /// <param name="node">The node whose rules are made: some services keep to their node.</param>
    public ImmutableArray<ServiceBackend> Backends(string node)
    {
        var backends = ImmutableArray.CreateBuilder<ServiceBackend>();
        foreach (var service in store.All<ServiceResource>().OrderBy(s => s.Metadata.Namespace).ThenBy(s => s.Metadata.Name))
        {
            var local = service.Spec.InternalTrafficPolicy == "Local";
            var endpoints = Find(service).Where(e => e.Ready && (!local || e.Pod?.Node.Name == node)).ToList();
            foreach (var address in Addresses(service))
            {
                foreach (var port in service.Spec.Ports.Where(p => p.Protocol is null or "TCP" or "UDP"))
                {
                    var targets = endpoints.Where(e => e.Address.AddressFamily == address.AddressFamily)
                        .Select(e => TargetPort(port, e, service) is { } target ? new IPEndPoint(e.Address, target) : null).OfType<IPEndPoint>();
                    backends.Add(new ServiceBackend(address, port.Protocol == "UDP" ? "udp" : "tcp", port.Port, [.. targets]));
                }
            }
        }

        return backends.ToImmutable();
    }

    /// <summary>A service's own addresses.</summary>
    /// <param name="service">The service.</param>
    /// <returns>None for headless services and external names.</returns>
    public static ImmutableArray<IPAddress> Addresses(ServiceResource service) =>
        service.Spec.Type == "ExternalName" ? []
        : [.. service.Spec.ClusterIPs.Select(a => IPAddress.TryParse(a, out var parsed) ? parsed : null).OfType<IPAddress>()];

    private IEnumerable<ServiceEndpoint> Applied(string ns, string name)
    {
        var subsets = store.Find<EndpointsResource>(ns, name)?.Subsets ?? [];
        var byHand = subsets.SelectMany(s => s.Addresses).Select(a => new ServiceEndpoint(IPAddress.Parse(a.Ip), a.Hostname, true, null));
        var slices = store.All<EndpointSliceResource>()
            .Where(s => s.Metadata.Namespace == ns && s.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == name)
            .SelectMany(s => s.Endpoints)
            .SelectMany(e => e.Addresses.Select(a => (Text: a, Endpoint: e)))
            .Where(e => IPAddress.TryParse(e.Text, out _))
            .Select(e => new ServiceEndpoint(IPAddress.Parse(e.Text), e.Endpoint.Hostname, e.Endpoint.Conditions?.Ready != false, null));
        return byHand.Concat(slices);
    }

    private int? TargetPort(ServicePortSpec port, ServiceEndpoint endpoint, ServiceResource service)
    {
        if (endpoint.Pod is null)
        {
            var named = store.Find<EndpointsResource>(service.Metadata.Namespace!, service.Metadata.Name)?.Subsets.SelectMany(s => s.Ports);
            return named?.FirstOrDefault(p => p.Name == port.Name)?.Port ?? port.TargetPort?.Number ?? port.Port;
        }

        return port.TargetPort switch
        {
            null => port.Port,
            { Number: { } number } => number,
            { Name: var name } => endpoint.Pod.Resource.Spec.Containers.SelectMany(c => c.Ports).FirstOrDefault(p => p.Name == name)?.ContainerPort,
        };
    }

    // A pod has a name below its service only when it says both: Kubernetes' DNS specification, section 2.4.
    private static string? HostnameIn(Pod pod, ServiceResource service) =>
        pod.Resource.Spec.Subdomain == service.Metadata.Name ? pod.Resource.Spec.Hostname : null;
}
