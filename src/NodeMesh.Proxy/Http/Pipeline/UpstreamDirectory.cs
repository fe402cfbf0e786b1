using NodeMesh.Model;
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
        clusters.Find(request.Model, service, port, subset, Placement(request), request.Source);

    /// <summary>How to get to an endpoint.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The decision.</returns>
    public OutboundDecision Decide(MeshRequest request, Service service, UpstreamEndpoint endpoint)
    {
        var outbound = new OutboundRequest(
            request.Client.Record.Destination, Placement(request), configuration.TrustDomain, configuration.NodeAddresses, configuration.RegistryOnly);
        return OutboundRouting.ToEndpoint(request.Model, outbound, service, new EndpointChoice(endpoint.Workload, endpoint.Port));
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
                return declared.Protocol is AppProtocol.Http2 or AppProtocol.Grpc || (settings.ConnectionPool?.UpgradeToHttp2 ?? request.IsHttp2);
            }
        }

        return request.IsHttp2;
    }

    private ClientPlacement Placement(MeshRequest request) => request.Source is { } source
        ? ClientPlacement.Of(source) with { Node = configuration.Node }
        : new ClientPlacement(request.Pod.Pod.Namespace, configuration.Node, request.Model.FindNode(configuration.Node)?.Locality ?? Locality.Unknown, configuration.ClusterId, "");
}
