using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// Where requests of one connection went last, so that the next of them need not look for it in the model, which takes a dozen hashes of names. Good for one
/// model alone, and for one thread at a time.
/// </summary>
internal sealed class UpstreamMemory
{
    /// <summary>Few: a route mostly has one backend or two, of a few endpoints.</summary>
    private const int Places = 4;

    private readonly (Service Service, int Port, string Subset, UpstreamCluster Cluster, object? Stamp)[] _clusters = new (Service, int, string, UpstreamCluster, object?)[Places];
    private readonly UpstreamWay?[] _ways = new UpstreamWay?[Places];
    private readonly (RouteBackend? Backend, Service? Service)[] _services = new (RouteBackend?, Service?)[Places];
    private RouteTables? _routes;
    private Service? _routesOf;
    private int _nextService;
    private int _nextCluster;
    private int _nextWay;

    /// <summary>The service whose address the client dialled, where that address means no other; else null.</summary>
    public Service? Dialled { get; set; }

    /// <summary>Forgets all: the model is another.</summary>
    public void Clear()
    {
        (Dialled, _routes, _routesOf) = (null, null, null);
        Array.Clear(_services);
        Array.Clear(_clusters);
        Array.Clear(_ways);
    }

    /// <summary>The routes of a service.</summary>
    /// <param name="model">The model.</param>
    /// <param name="service">The service.</param>
    /// <returns>The routes; null when it has none.</returns>
    public RouteTables? FindRoutes(MeshModel model, Service service)
    {
        if (!ReferenceEquals(_routesOf, service))
        {
            _routes = model.FindRoutes(service.Key);
            _routesOf = service;
        }

        return _routes;
    }

    /// <summary>The service of a backend.</summary>
    /// <param name="model">The model.</param>
    /// <param name="backend">The backend.</param>
    /// <returns>The service; null when it is not known.</returns>
    public Service? FindService(MeshModel model, RouteBackend backend)
    {
        foreach (ref readonly var place in _services.AsSpan())
        {
            if (ReferenceEquals(place.Backend, backend))
            {
                return place.Service;
            }
        }

        var service = model.FindService(backend.Service);
        _services[_nextService++ % Places] = (backend, service);
        return service;
    }

    /// <summary>Finds a cluster.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset of its endpoints; empty for all.</param>
    /// <param name="stamp">Its stamp at that time.</param>
    /// <returns>The cluster; null when it is not remembered.</returns>
    public UpstreamCluster? FindCluster(Service service, int port, string subset, out object? stamp)
    {
        foreach (ref readonly var place in _clusters.AsSpan())
        {
            if (ReferenceEquals(place.Service, service) && place.Port == port && place.Subset == subset)
            {
                stamp = place.Stamp;
                return place.Cluster;
            }
        }

        stamp = null;
        return null;
    }

    /// <summary>Remembers a cluster.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset of its endpoints; empty for all.</param>
    /// <param name="cluster">The cluster.</param>
    public void Remember(Service service, int port, string subset, UpstreamCluster cluster) => _clusters[_nextCluster++ % Places] = (service, port, subset, cluster, cluster.Stamp);

    /// <summary>Finds the way to an endpoint.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isHttp2">Whether it is spoken to in HTTP/2.</param>
    /// <returns>The way; null when it is not remembered.</returns>
    public UpstreamWay? FindWay(UpstreamCluster cluster, UpstreamEndpoint endpoint, bool isHttp2)
    {
        foreach (var way in _ways)
        {
            if (way is not null && way.Leads(cluster, endpoint, isHttp2))
            {
                return way;
            }
        }

        return null;
    }

    /// <summary>Remembers a way.</summary>
    /// <param name="way">The way.</param>
    public void Remember(UpstreamWay way) => _ways[_nextWay++ % Places] = way;
}
