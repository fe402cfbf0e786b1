using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace NodeMesh.Proxy.Pods;

/// <summary>The enrolled pods of this node, by UID and by address.</summary>
internal sealed class PodRegistry
{
    private readonly ConcurrentDictionary<string, PodRuntime> _byUid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IPAddress, PodRuntime> _byAddress = new();

    /// <summary>All enrolled pods; a snapshot that is safe to walk.</summary>
    public IEnumerable<PodRuntime> Pods => _byUid.Select(p => p.Value);

    /// <summary>Adds a pod, and takes over its addresses from a predecessor.</summary>
    /// <param name="pod">The pod.</param>
    public void Add(PodRuntime pod)
    {
        _byUid[pod.Pod.Uid] = pod;
        foreach (var address in pod.Addresses)
        {
            _byAddress[address] = pod;
        }
    }

    /// <summary>Removes a pod; addresses that a successor has taken over stay with it.</summary>
    /// <param name="pod">The pod.</param>
    public void Remove(PodRuntime pod)
    {
        _byUid.TryRemove(KeyValuePair.Create(pod.Pod.Uid, pod));
        foreach (var address in pod.Addresses)
        {
            _byAddress.TryRemove(KeyValuePair.Create(address, pod));
        }
    }

    /// <summary>Finds a pod by UID.</summary>
    /// <param name="uid">The UID.</param>
    /// <param name="pod">The pod on success.</param>
    /// <returns>True when it is enrolled.</returns>
    public bool TryGet(string uid, [NotNullWhen(true)] out PodRuntime? pod) => _byUid.TryGetValue(uid, out pod);

    /// <summary>Finds a pod by address.</summary>
    /// <param name="address">The address; never IPv4-mapped.</param>
    /// <param name="pod">The pod on success.</param>
    /// <returns>True when it is enrolled.</returns>
    public bool TryGet(IPAddress address, [NotNullWhen(true)] out PodRuntime? pod) => _byAddress.TryGetValue(address, out pod);
}
