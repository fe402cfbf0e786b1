using System.Collections.Concurrent;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>The clusters that clients of this node use, made when they are first asked for and forgotten when nobody has asked for long.</summary>
/// <param name="random">The source of chance; safe for many threads.</param>
/// <param name="time">The clock.</param>
/// <param name="ejected">Told of ejections (true) and returns; null for nobody.</param>
internal sealed class UpstreamClusters(Random random, TimeProvider time, Action<UpstreamCluster, UpstreamEndpoint, bool>? ejected = null)
{
    /// <summary>Longer than any ejection lasts.</summary>
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(30);

    /// <summary>One that was used since cannot be forgotten before it is used again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<UpstreamClusterKey, UpstreamCluster> _clusters = new();
    private readonly Balancers _balancers = new(random);

    /// <summary>All of them.</summary>
    public IEnumerable<UpstreamCluster> All => _clusters.Values;

    /// <summary>The cluster of a service's port, up to date with the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset of its endpoints; empty for all.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="source">The client's workload; null when it is not known.</param>
    /// <returns>The cluster.</returns>
    public UpstreamCluster Find(MeshModel model, Service service, int port, string subset, ClientPlacement client, Workload? source)
    {
        var policy = model.FindTrafficPolicy(service.Key, client.Namespace);
        return Find(model, service, port, subset, client, source, policy);
    }

    /// <summary>As the other, with a policy that was looked up already.</summary>
    /// <param name="model">The model.</param>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="subset">The subset of its endpoints; empty for all.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="source">The client's workload; null when it is not known.</param>
    /// <param name="policy">The traffic policy; null for none.</param>
    /// <returns>The cluster.</returns>
    public UpstreamCluster Find(MeshModel model, Service service, int port, string subset, ClientPlacement client, Workload? source, TrafficPolicy? policy)
    {
        var key = new UpstreamClusterKey(service.Key, port, subset, policy?.ClientNamespace ?? "", client.Locality, source?.Labels ?? default);
        if (!_clusters.TryGetValue(key, out var cluster))
        {
            cluster = _clusters.GetOrAdd(key, static (key, self) => new UpstreamCluster(key, self._balancers, self.Clock, self.Ejected), this);
        }

        cluster.Update(service, model.WorkloadsOf(service.Key), policy, client, source);
        return cluster;
    }

    /// <summary>Uses a cluster that was found for the same model before.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="stamp">Its stamp then: who still has an older model may have changed it back.</param>
    /// <param name="source">The client's workload; null when it is not known.</param>
    /// <returns>False when it has changed, or was not used for so long that it may have been forgotten.</returns>
    public bool TryUse(UpstreamCluster cluster, object? stamp, Workload? source)
    {
        if (!ReferenceEquals(cluster.Stamp, stamp) || time.GetElapsedTime(cluster.LastUsed) > Fresh)
        {
            return false;
        }

        cluster.NoteUse(source);
        return true;
    }

    /// <summary>Lets endpoints return, and forgets clusters that nobody has asked for, and those of a policy that is gone: another of its name begins anew.</summary>
    /// <param name="model">The model.</param>
    public void Sweep(MeshModel model)
    {
        foreach (var (key, cluster) in _clusters)
        {
            cluster.Sweep();
            var isOver = key.PolicyNamespace.Length > 0 && model.FindTrafficPolicy(key.Service, key.PolicyNamespace)?.ClientNamespace != key.PolicyNamespace;
            if ((isOver || time.GetElapsedTime(cluster.LastUsed) > Forget) && cluster.Circuit is { Requests: 0, Connections: 0 })
            {
                _clusters.TryRemove(KeyValuePair.Create(key, cluster));
            }
        }
    }

    private TimeProvider Clock => time;

    private Action<UpstreamCluster, UpstreamEndpoint, bool>? Ejected => ejected;
}
