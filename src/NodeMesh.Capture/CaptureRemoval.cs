using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Capture;

/// <summary>Ends capture from outside, of whatever way it is: for pods whose proxy is not there any more, or never knew that they left.</summary>
public static class CaptureRemoval
{
    /// <summary>Removes rules and routes from a pod's network namespace; nothing there is no error.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When they are gone.</returns>
    /// <exception cref="CaptureException">Something could not be removed.</exception>
    public static async Task RemoveAsync(NetworkNamespace ns, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ns);
        try
        {
            await IptablesCapture.RemoveRulesAsync(ns, ct);
            await PodRouting.RemoveAsync(ns, ct);
        }
        catch (IOException e)
        {
            throw new CaptureException($"capture in {ns.Path} cannot be removed: {e.Message}", e);
        }
    }

    /// <summary>Removes all that a node proxy pinned for capture by eBPF: none of its pods is captured any more.</summary>
    /// <param name="instance">The node proxy's name.</param>
    /// <exception cref="CaptureException">Something could not be removed.</exception>
    public static void RemovePins(string instance)
    {
        try
        {
            EbpfCapture.RemoveInstance(instance);
        }
        catch (IOException e)
        {
            throw new CaptureException($"what {instance} has pinned for eBPF capture cannot be removed: {e.Message}", e);
        }
    }
}
