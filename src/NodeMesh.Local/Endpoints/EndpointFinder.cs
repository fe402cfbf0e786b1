using System.Collections.Immutable;
using System.Net;
using NodeMesh.Local.Cluster;
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

    /// <summary>The endpoints of a service as Kubernetes would write them: one subset for each set of ports.</summary>
    /// <param name="service">The service.</param>
    public EndpointsResource Resource(ServiceResource service) => new()
    {
        Metadata = new ObjectMeta { Name = service.Metadata.Name, Namespace = service.Metadata.Namespace, CreationTimestamp = service.Metadata.CreationTimestamp },
        Subsets =
        [
            .. Find(service)
                .GroupBy(e => string.Join(',', service.Spec.Ports.Select(p => TargetPort(p, e, service))))
                .Select(g => new EndpointSubset
                {
                    Addresses = [.. g.Where(e => e.Ready).Select(Address)],
                    NotReadyAddresses = [.. g.Where(e => !e.Ready).Select(Address)],
                    Ports = [.. service.Spec.Ports.Select(p => new EndpointPort { Name = p.Name, Port = TargetPort(p, g.First(), service), Protocol = p.Protocol ?? "TCP" })],
                }),
        ],
    };

    /// <summary>All ports of all services with addresses, as the service rules need them.</summary>
    /// <param name="node">The node whose rules are made: some services keep to their node, or prefer it.</param>
    public ImmutableArray<ServiceBackend> Backends(ClusterNode node)
    {
        var backends = ImmutableArray.CreateBuilder<ServiceBackend>();
        foreach (var service in store.All<ServiceResource>().OrderBy(s => s.Metadata.Namespace).ThenBy(s => s.Metadata.Name))
        {
            var local = service.Spec.InternalTrafficPolicy == "Local";
            var endpoints = Nearest([.. Find(service).Where(e => e.Ready && (!local || e.Pod?.Node.Name == node.Name))], service.Spec.TrafficDistribution, node);
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

    private static EndpointAddress Address(ServiceEndpoint endpoint) => new()
    {
        Ip = endpoint.Address.ToString(),
        Hostname = endpoint.Hostname,
        NodeName = endpoint.Pod?.Node.Name,
        TargetRef = endpoint.Pod is { } pod ? new TargetReference { Kind = "Pod", Namespace = pod.Namespace, Name = pod.Name, Uid = pod.Uid } : null,
    };

    // As kube-proxy by the hints of EndpointSlices: the nearest that there are, else all.
    private static IReadOnlyList<ServiceEndpoint> Nearest(IReadOnlyList<ServiceEndpoint> endpoints, string? distribution, ClusterNode node)
    {
        var sameNode = distribution == "PreferSameNode" ? endpoints.Where(e => e.Pod?.Node.Name == node.Name).ToList() : [];
        var sameZone = distribution is "PreferSameNode" or "PreferSameZone" or "PreferClose" ? endpoints.Where(e => e.Pod?.Node.Zone == node.Zone).ToList() : [];
        return sameNode.Count > 0 ? sameNode : sameZone.Count > 0 ? sameZone : endpoints;
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
        var byHand = subsets.SelectMany(s => s.Addresses)
            .Where(a => IPAddress.TryParse(a.Ip, out _))
            .Select(a => new ServiceEndpoint(IPAddress.Parse(a.Ip), a.Hostname, true, null));
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
