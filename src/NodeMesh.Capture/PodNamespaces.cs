using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>Opens pods' network namespaces, whichever way they are captured.</summary>
/// <param name="broker">Makes sockets in namespaces.</param>
internal sealed class PodNamespaces(NetworkNamespaceBroker broker)
{
    /// <summary>Opens a pod's namespace.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>The namespace.</returns>
    /// <exception cref="CaptureException">It is the node's own: capture there would take the whole node.</exception>
    /// <exception cref="NetworkNamespaceException">It cannot be opened.</exception>
    internal NetworkNamespace Open(PodEnrollment pod)
    {
        var ns = NetworkNamespace.Open(pod.NetworkNamespace);
        if (ns.Id != broker.Home)
        {
            return ns;
        }

        ns.Dispose();
        throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: networkNamespace {pod.NetworkNamespace} is the node's own; pods of the host network cannot join the mesh");
    }

    /// <summary>The namespace that was captured, if it still exists; one that is gone took everything in it along.</summary>
    /// <param name="pod">The captured pod.</param>
    internal static NetworkNamespace? Reopen(ICapturedPod pod)
    {
        // A disposed pod's descriptor number, and a dead pod's path, may mean another namespace by now: the identity decides.
        foreach (var path in (string[])[pod.Namespace.HandlePath, pod.Pod.NetworkNamespace])
        {
            try
            {
                var ns = NetworkNamespace.Open(path);
                if (ns.Id == pod.Namespace.Id)
                {
                    return ns;
                }

                ns.Dispose();
            }
            catch (NetworkNamespaceException)
            {
                // Not there, or no namespace.
            }
        }

        return null;
    }

    /// <summary>Tells whether a namespace can have IPv6.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task<bool> HasIpv6Async(NetworkNamespace ns, CancellationToken ct)
    {
        try
        {
            // Refused only where the kernel runs without IPv6. A namespace that merely has it off today may turn it on tomorrow, and must not escape then.
            using var socket = await broker.CreateSocketAsync(ns, AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp, ct);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressFamilyNotSupported)
        {
            return false;
        }
    }
}
