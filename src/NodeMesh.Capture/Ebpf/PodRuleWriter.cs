using System.Net.Sockets;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// Writes pods' entries. What is new is there before the namespace's own entry makes it count, and what is old goes after it stopped counting: a pod that is
/// captured again stays captured throughout, and at no moment is anything let out that neither the old rules nor the new ones let out.
/// </summary>
/// <param name="maps">The maps.</param>
internal sealed class PodRuleWriter(CaptureMaps maps)
{
    private const byte Present = 1;

    /// <summary>Captures a network namespace, or changes how.</summary>
    /// <param name="rules">What to write.</param>
    /// <exception cref="BpfException">A map is full, or the kernel refused.</exception>
    internal void Write(PodRuleSet rules)
    {
        Add(maps.OwnAddresses, rules.OwnAddresses);
        Add(maps.Ports, rules.Ports);
        Add(maps.Ranges, rules.Ranges);
        Add(maps.VirtualInterfaces, rules.VirtualInterfaces);
        maps.Namespaces.Set(rules.NetworkNamespace, rules.Namespace);
        RemoveRules(rules);
    }

    /// <summary>Gives a pod's listeners to its programs.</summary>
    /// <param name="cookie">Its network namespace.</param>
    /// <param name="inbound">Takes connections to the pod.</param>
    /// <param name="outbound">Takes connections of the pod.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void WriteListeners(ulong cookie, Socket inbound, Socket outbound)
    {
        maps.Listeners.Set(new PodListener(cookie, PodListenerSlot.Inbound), inbound.SafeHandle);
        maps.Listeners.Set(new PodListener(cookie, PodListenerSlot.Outbound), outbound.SafeHandle);
    }

    /// <summary>Stops capturing a network namespace; one that is not captured is no error.</summary>
    /// <param name="cookie">The network namespace.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Remove(ulong cookie)
    {
        maps.Namespaces.Delete(cookie);
        RemoveRules(PodRuleSet.Everything(cookie));
        maps.Listeners.Delete(new PodListener(cookie, PodListenerSlot.Inbound));
        maps.Listeners.Delete(new PodListener(cookie, PodListenerSlot.Outbound));
        foreach (var (flow, _) in maps.Handshakes.Enumerate().Where(e => e.Key.NetworkNamespace == cookie))
        {
            maps.Handshakes.Delete(flow);
        }
    }

    private static void Add<TKey>(BpfMap<TKey, byte> map, IEnumerable<TKey> keys)
        where TKey : unmanaged
    {
        foreach (var key in keys)
        {
            map.Set(key, Present);
        }
    }

    private static void RemoveOthers<TKey>(BpfMap<TKey, byte> map, IReadOnlySet<TKey> wanted, Func<TKey, bool> isOfPod)
        where TKey : unmanaged
    {
        foreach (var (key, _) in map.Enumerate().Where(e => isOfPod(e.Key) && !wanted.Contains(e.Key)))
        {
            map.Delete(key);
        }
    }

    private void RemoveRules(PodRuleSet wanted)
    {
        var cookie = wanted.NetworkNamespace;
        RemoveOthers(maps.OwnAddresses, wanted.OwnAddresses, k => k.NetworkNamespace == cookie);
        RemoveOthers(maps.Ports, wanted.Ports, k => k.NetworkNamespace == cookie);
        RemoveOthers(maps.Ranges, wanted.Ranges, k => k.NetworkNamespace == cookie);
        RemoveOthers(maps.VirtualInterfaces, wanted.VirtualInterfaces, k => k.NetworkNamespace == cookie);
    }
}
