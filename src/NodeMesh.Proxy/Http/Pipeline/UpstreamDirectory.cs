using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>How requests of a client get to the endpoints of a service: which they are, what they are spoken to in, and the way to one of them.</summary>
/// <param name="clusters">The services' endpoints.</param>
/// <param name="configuration">The proxy's configuration.</param>
internal sealed class UpstreamDirectory(UpstreamClusters clusters, ProxyConfiguration configuration)
{
    /// <summary>The endpoints of a service's port, as the request's client sees them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset of its endpoints; empty for all.</param>
    /// <returns>The cluster.</returns>
    public UpstreamCluster FindCluster(MeshRequest request, Service service, int port, string subset) =>
        request.Memory.FindCluster(service, port, subset, out var stamp) is { } known && clusters.TryUse(known, stamp, request.Source)
            ? known
            : LookUp(request, service, port, subset);

    /// <summary>Chooses an endpoint. Where clients go to where they dialled, that is the only one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="cluster">Its endpoints.</param>
    /// <param name="query">What the request brings to the choice; endpoints that are left out are taken where there is no other.</param>
    /// <returns>The endpoint; null when there is none.</returns>
    public static UpstreamEndpoint? Choose(MeshRequest request, Service service, UpstreamCluster cluster, in EndpointQuery query)
    {
        if (service.LoadBalancing.Mode != LoadBalancingMode.Passthrough)
        {
            return cluster.Choose(query) ?? (query.Excluded is null ? null : cluster.Choose(query with { Excluded = null }));
        }

        var destination = request.Client.Record.Destination;
        var workload = new Workload { Uid = $"passthrough/{destination}", Name = service.Name, Namespace = service.Namespace, Addresses = [destination.Address] };
        return new UpstreamEndpoint(workload, destination.Port, null);
    }

    /// <summary>How to get to an endpoint, as requests of the same connection have it; for who sends one try of the request at a time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="cluster">Its endpoints.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isHttp2">Whether it will be spoken to in HTTP/2.</param>
    /// <returns>The way.</returns>
    public UpstreamWay FindWay(MeshRequest request, Service service, UpstreamCluster cluster, UpstreamEndpoint endpoint, bool isHttp2)
    {
        if (request.Memory.FindWay(cluster, endpoint, isHttp2) is { } known)
        {
            return known;
        }

        var way = new UpstreamWay(cluster, endpoint, isHttp2, Decide(request, service, cluster, endpoint, isHttp2));

        // What the request's own host has a part in, or its destination, is for this request alone.
        if (service.LoadBalancing.Mode != LoadBalancingMode.Passthrough && way.Decision is { Tls: null, Route: not OutboundRoute.Refuse })
        {
            request.Memory.Remember(way);
        }

        return way;
    }

    /// <summary>How to get to an endpoint.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="cluster">Its endpoints.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isHttp2">Whether it will be spoken to in HTTP/2.</param>
    /// <returns>The decision.</returns>
    public OutboundDecision Decide(MeshRequest request, Service service, UpstreamCluster cluster, UpstreamEndpoint endpoint, bool isHttp2)
    {
        var destination = request.Client.Record.Destination;
        var outbound = new OutboundRequest(destination, Placement(request), configuration.TrustDomain, configuration.NodeAddresses, configuration.RegistryOnly);
        var decision = service.LoadBalancing.Mode != LoadBalancingMode.Passthrough
            ? OutboundRouting.ToEndpoint(request.Model, outbound, service, new EndpointChoice(endpoint.Workload, endpoint.Port))
            : ReferenceEquals(service, PassthroughService.Instance)
                ? OutboundRouting.Decide(request.Model, outbound, static _ => 0, null, Random.Shared)
                : new OutboundDecision { Route = OutboundRoute.Passthrough, Service = service, Endpoint = destination };
        return OutboundTls.Apply(decision, cluster.Settings.Tls, RequestRouting.HostOf(request.Authority), isHttp2 ? "h2" : "http/1.1");
    }

    /// <summary>HTTP/2 where the port says so or the client speaks it; a change of protocol is for HTTP/1.1 alone.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="settings">The traffic settings that hold for it.</param>
    /// <returns>True for HTTP/2, false for HTTP/1.1.</returns>
    public static bool SpeaksHttp2(MeshRequest request, Service service, int port, TrafficSettings settings)
    {
        if (request.IsUpgrade)
        {
            return false;
        }

        if (settings.ConnectionPool is { UseClientProtocol: true })
        {
            return request.IsHttp2;
        }

        foreach (var declared in service.Ports)
        {
            if (declared.Port == port)
            {
                // A server that is reached by TLS need not speak what the client speaks.
                var usual = request.IsHttp2 && (request.IsGrpc || settings.Tls is null or { Mode: ClientTlsMode.Disable });
                return declared.Protocol is AppProtocol.Http2 or AppProtocol.Grpc || (settings.ConnectionPool?.UpgradeToHttp2 ?? usual);
            }
        }

        return request.IsHttp2;
    }

    private UpstreamCluster LookUp(MeshRequest request, Service service, int port, string subset)
    {
        var cluster = clusters.Find(request.Model, service, port, subset, Placement(request), request.Source);
        request.Memory.Remember(service, port, subset, cluster);
        return cluster;
    }

    private ClientPlacement Placement(MeshRequest request) => request.Source is { } source
        ? ClientPlacement.Of(source) with { Node = configuration.Node }
        : new ClientPlacement(request.Pod.Pod.Namespace, configuration.Node, request.Model.FindNode(configuration.Node)?.Locality ?? Locality.Unknown, configuration.ClusterId, "");
}
