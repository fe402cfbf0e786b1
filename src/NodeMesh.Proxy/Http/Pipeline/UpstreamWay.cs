using NodeMesh.Model;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>The way of one pod's requests to an endpoint, as it is in one model.</summary>
/// <param name="cluster">The endpoint's cluster.</param>
/// <param name="endpoint">The endpoint.</param>
/// <param name="isHttp2">Whether it is spoken to in HTTP/2.</param>
/// <param name="decision">How to get there.</param>
internal sealed class UpstreamWay(UpstreamCluster cluster, UpstreamEndpoint endpoint, bool isHttp2, OutboundDecision decision)
{
    private readonly Workload _workload = endpoint.Workload;
    private PodUpstreams? _pool;
    private UpstreamLimits? _limits;
    private UpstreamTarget? _target;

    /// <summary>How to get there.</summary>
    public OutboundDecision Decision => decision;

    /// <summary>Whether the endpoint is spoken to in HTTP/2.</summary>
    public bool IsHttp2 => isHttp2;

    /// <summary>Says whether it leads to an endpoint; not where the endpoint's workload has changed since.</summary>
    /// <param name="toCluster">The endpoint's cluster.</param>
    /// <param name="to">The endpoint.</param>
    /// <param name="byHttp2">Whether it is spoken to in HTTP/2.</param>
    /// <returns>True when it does.</returns>
    public bool Leads(UpstreamCluster toCluster, UpstreamEndpoint to, bool byHttp2) =>
        ReferenceEquals(endpoint, to) && ReferenceEquals(cluster, toCluster) && isHttp2 == byHttp2 && ReferenceEquals(_workload, to.Workload);

    /// <summary>The connections by which requests go there.</summary>
    /// <param name="pool">The pod's.</param>
    /// <param name="limits">What a policy says of them; null for nothing.</param>
    /// <returns>The target.</returns>
    public UpstreamTarget FindTarget(PodUpstreams pool, UpstreamLimits? limits)
    {
        if (_target is { } known && ReferenceEquals(_pool, pool) && ReferenceEquals(_limits, limits) && pool.TryUse(known))
        {
            return known;
        }

        (_pool, _limits) = (pool, limits);
        return _target = pool.Find(decision, isHttp2, limits);
    }
}
