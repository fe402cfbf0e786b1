using System.Collections.Concurrent;
using NodeMesh.Model;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Open connections of each endpoint, as this node sees them.</summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many connections a workload has.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The count.</returns>
    public int Of(Workload workload) => _counts.GetValueOrDefault(workload.Uid);

    /// <summary>Counts a connection at its endpoint until the lease is released.</summary>
    /// <param name="workload">The endpoint.</param>
    /// <returns>The lease.</returns>
    public OpenConnectionLease Enter(Workload workload)
    {
        _counts.AddOrUpdate(workload.Uid, 1, static (_, n) => n + 1);
        return new OpenConnectionLease(this, workload.Uid);
    }

    /// <summary>Counts a connection out.</summary>
    /// <param name="uid">The endpoint's UID.</param>
    internal void Exit(string uid)
    {
        if (_counts.AddOrUpdate(uid, 0, static (_, n) => n - 1) == 0)
        {
            _counts.TryRemove(KeyValuePair.Create(uid, 0));
        }
    }
}
