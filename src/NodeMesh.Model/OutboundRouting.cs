using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Model;

/// <summary>The decision table of captured outbound connections; the first row that matches decides.</summary>
public static class OutboundRouting
{
    /// <summary>Ports of the proxy itself.</summary>
    /// <param name="port">A port.</param>
    /// <returns>True for 15001, 15006 and 15008.</returns>
    public static bool IsProxyPort(int port) => port is MeshPorts.Outbound or MeshPorts.InboundPlaintext or MeshPorts.Hbone;

    /// <summary>Decides.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The connection.</param>
    /// <param name="load">Open connections of a workload, as this node sees them.</param>
    /// <param name="excluded">UIDs of endpoints that failed already; null for none.</param>
    /// <param name="random">The source of chance.</param>
    /// <returns>What to do.</returns>
    public static OutboundDecision Decide(MeshModel model, OutboundRequest request, Func<Workload, int> load, IReadOnlySet<string>? excluded, Random random)
    {
        var destination = request.Destination;
        if (IPAddress.IsLoopback(destination.Address) && IsProxyPort(destination.Port))
        {
            return Refuse(OutboundRefusal.SelfCall, $"port {destination.Port} on the pod's own loopback is the proxy itself");
        }

        if (FindService(model, destination.Address, ClientView.Of(request.Client)) is { } service)
        {
            return ToService(model, request, service, load, excluded, random);
        }

        if (model.FindWorkload(destination.Address) is { } workload)
        {
            return ToWorkload(model, request, null, new EndpointChoice(workload, destination.Port));
        }

        return (request.Client.Egress?.RegistryOnly ?? request.RegistryOnly)
            ? Refuse(OutboundRefusal.UnknownDestination, $"{destination} is not in the mesh, and the outbound policy is REGISTRY_ONLY")
            : new OutboundDecision { Route = OutboundRoute.Passthrough, Endpoint = destination };
    }

    /// <summary>The service that a client means by a virtual address: one of its own namespace, else a Kubernetes Service, else the first by key; services hidden from it do not count.</summary>
    /// <param name="model">The model.</param>
    /// <param name="address">The address.</param>
    /// <param name="client">The client.</param>
    /// <returns>The service; null when none has the address.</returns>
    public static Service? FindService(MeshModel model, IPAddress address, ClientView client) =>
        Prefer(model.FindServices(address), client);

    /// <summary>The service that a client means by a host name, by the same preference.</summary>
    /// <param name="model">The model.</param>
    /// <param name="hostname">The fully qualified name in lower case.</param>
    /// <param name="client">The client.</param>
    /// <returns>The service; null when none has the name.</returns>
    public static Service? FindService(MeshModel model, string hostname, ClientView client) =>
        Prefer(model.FindServices(hostname), client);

    /// <summary>How an endpoint that was chosen elsewhere is reached.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The connection; of its destination only the family of the address counts.</param>
    /// <param name="service">The endpoint's service.</param>
    /// <param name="choice">The endpoint.</param>
    /// <returns>What to do.</returns>
    public static OutboundDecision ToEndpoint(MeshModel model, OutboundRequest request, Service service, EndpointChoice choice) => ToWorkload(model, request, service, choice);

    internal static Service? Prefer(ImmutableArray<Service> services, ClientView client)
    {
        Service? best = null;
        var bestScore = -1;
        foreach (var service in services)
        {
            if (!client.Sees(service))
            {
                continue;
            }

            var score = (service.Namespace == client.Namespace ? 2 : 0) + (service.Canonical ? 1 : 0);
            if (score > bestScore)
            {
                (best, bestScore) = (service, score);
            }
        }

        return best;
    }

    private static OutboundDecision ToService(
        MeshModel model,
        OutboundRequest request,
        Service service,
        Func<Workload, int> load,
        IReadOnlySet<string>? excluded,
        Random random)
    {
        if (service.LoadBalancing.Mode == LoadBalancingMode.Passthrough)
        {
            return new OutboundDecision { Route = OutboundRoute.Passthrough, Service = service, Endpoint = request.Destination };
        }

        var port = request.Destination.Port;
        if (service.FindPort(port) is null)
        {
            return Refuse(OutboundRefusal.UnknownPort, $"service {service.Key} has no port {port}", service);
        }

        var endpoints = model.WorkloadsOf(service.Key);
        return EndpointSelector.Select(service, port, endpoints, request.Client, load, excluded, random) is { } choice
            ? ToWorkload(model, request, service, choice)
            : Refuse(OutboundRefusal.NoHealthyEndpoint, NoEndpoint(service, endpoints, excluded), service);
    }

    private static OutboundDecision ToWorkload(MeshModel model, OutboundRequest request, Service? service, EndpointChoice choice)
    {
        var workload = choice.Workload;
        if (workload.Network != request.Client.Network)
        {
            return Refuse(OutboundRefusal.OtherNetwork, $"{workload.Namespace}/{workload.Name} is on network '{workload.Network}', and there is no gateway to it", service, workload);
        }

        // Dialled by its own address: that address stays. By a VIP: the workload's address of the VIP's family, else any that it has.
        var dialled = service is null
            ? MeshModel.Unmap(request.Destination.Address)
            : PickFamily(workload.Addresses, request.Destination.AddressFamily);
        var decision = new OutboundDecision
        {
            Route = OutboundRoute.PlainTcp,
            Service = service,
            Workload = workload,
            Endpoint = dialled is null ? null : new IPEndPoint(dialled, choice.Port),
            Hostname = dialled is null ? workload.Hostname : "",
            HostnamePort = choice.Port,
        };
        if (dialled is null && workload.Hostname.Length == 0)
        {
            return Refuse(OutboundRefusal.NoHealthyEndpoint, $"{workload.Namespace}/{workload.Name} has no address", service, workload);
        }

        if (workload.TunnelProtocol == TunnelProtocol.None || dialled is null)
        {
            return decision;
        }

        if (workload.Node.Length > 0 && workload.Node == request.Client.Node)
        {
            return decision with { Route = OutboundRoute.SameNode };
        }

        if (model.FindNode(workload.Node) is not { HasNodeTunnel: true } node)
        {
            return decision with
            {
                Route = OutboundRoute.PodTunnel,
                Tunnel = new IPEndPoint(dialled, MeshPorts.Hbone),
                ExpectedUris = [workload.Identity.ToString(), .. service?.SubjectAltNames ?? []],
            };
        }

        return TunnelAddress(node, request.NodeAddresses) is { } address
            ? decision with
            {
                Route = OutboundRoute.NodeTunnel,
                Tunnel = new IPEndPoint(address, MeshPorts.Hbone),
                ExpectedUris = [new NodeId(request.TrustDomain, node.Name).ToString()],
            }
            : Refuse(OutboundRefusal.NoNodeAddress, $"node {node.Name} has no address of a family that this node has", service, workload);
    }

    private static IPAddress? TunnelAddress(MeshNode node, ImmutableArray<IPAddress> own)
    {
        foreach (var address in node.Addresses)
        {
            foreach (var local in own)
            {
                if (local.AddressFamily == address.AddressFamily)
                {
                    return address;
                }
            }
        }

        return null;
    }

    private static IPAddress? PickFamily(ImmutableArray<IPAddress> addresses, AddressFamily family)
    {
        foreach (var address in addresses)
        {
            if (address.AddressFamily == family)
            {
                return address;
            }
        }

        return addresses.IsEmpty ? null : addresses[0];
    }

    private static string NoEndpoint(Service service, ImmutableArray<Workload> endpoints, IReadOnlySet<string>? excluded)
    {
        if (endpoints.IsEmpty)
        {
            return $"service {service.Key} has no endpoints";
        }

        var ready = endpoints.Count(e => e.Health == WorkloadHealth.Healthy);
        return $"no endpoint of service {service.Key} can be used: {endpoints.Length} known, {ready} ready, {excluded?.Count ?? 0} failed just now";
    }

    private static OutboundDecision Refuse(OutboundRefusal refusal, string reason, Service? service = null, Workload? workload = null) =>
        new() { Route = OutboundRoute.Refuse, Refusal = refusal, Reason = reason, Service = service, Workload = workload };
}
