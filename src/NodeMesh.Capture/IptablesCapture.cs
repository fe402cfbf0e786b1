using System.Net.Sockets;
using NodeMesh.Capture.Iptables;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>
/// Capture by rules in the pod's own network namespace. Redirection lives in connection tracking, whose entry for a half-closed connection the kernel
/// forgets after 60 s and with it where the packets belong; so that time is raised in the pod's namespace.
/// </summary>
public sealed class IptablesCapture(NetworkNamespaceBroker broker) : ICapture
{
    /// <summary>
    /// Seconds for which a half-closed connection stays tracked: half a day, longer than any half-closed connection that the proxy itself allows, and short
    /// enough that peers which vanish half-closed do not pile up.
    /// </summary>
    private const int CloseWaitSeconds = 43_200;

    private const int DefaultCloseWaitSeconds = 60;

    /// <inheritdoc/>
    public string Name => "iptables";

    /// <inheritdoc/>
    public async ValueTask<ICapturedPod> CaptureAsync(PodEnrollment pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var exclusions = CaptureExclusions.Parse(pod);
        NetworkNamespace? ns = null;
        PodListeners? listeners = null;
        try
        {
            ns = NetworkNamespace.Open(pod.NetworkNamespace);
            RequireForeign(pod, ns);
            var sockets = new PodSocketFactory(broker, ns);
            var hasIpv6 = await HasIpv6Async(ns, ct);
            listeners = await PodListeners.OpenAsync(sockets, hasIpv6, ct);
            await SetCloseWaitAsync(ns, CloseWaitSeconds, ct);
            // Together: the families share no rule, and a pod waits for both before it may start.
            await Task.WhenAll(Families(hasIpv6).Select(f => new PodRules(ns, f).ApplyAsync(exclusions, ct)));
            return new CapturedPod(pod, ns, exclusions, listeners, sockets);
        }
        catch (Exception e)
        {
            if (listeners is not null)
            {
                await listeners.DisposeAsync();
            }

            ns?.Dispose();
            if (e is IOException or SocketException or FormatException)
            {
                throw new CaptureException($"pod {pod.Namespace}/{pod.Name} cannot be captured: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            // An own descriptor: the pod's may have been disposed, and its namespace may outlive it.
            using var ns = OpenForRelease(pod);
            if (ns is not null)
            {
                await Task.WhenAll(Families(await HasIpv6Async(ns, ct)).Select(f => new PodRules(ns, f).RemoveAsync(ct)));
                await SetCloseWaitAsync(ns, DefaultCloseWaitSeconds, ct);
            }
        }
        catch (IOException e)
        {
            throw new CaptureException($"pod {pod.Pod.Namespace}/{pod.Pod.Name} cannot be released: {e.Message}", e);
        }

        await pod.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<CaptureSupport> ProbeAsync(CancellationToken ct) => new(await IptablesProbe.RunAsync(ct));

    private static IEnumerable<AddressFamilyTools> Families(bool hasIpv6) => hasIpv6 ? [AddressFamilyTools.V4, AddressFamilyTools.V6] : [AddressFamilyTools.V4];

    /// <summary>The namespace that was captured, if it still exists; one that is gone took its rules along.</summary>
    private static NetworkNamespace? OpenForRelease(ICapturedPod pod)
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

    private async Task<bool> HasIpv6Async(NetworkNamespace ns, CancellationToken ct)
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

    private static Task<string> SetCloseWaitAsync(NetworkNamespace ns, int seconds, CancellationToken ct) =>
        LinuxTool.RequireAsync(ns, "sh", ["-c", $"f=/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait; [ ! -w $f ] || echo {seconds} > $f"], null, ct);

    /// <summary>Rules in the proxy's own namespace would capture the whole node.</summary>
    private void RequireForeign(PodEnrollment pod, NetworkNamespace ns)
    {
        if (ns.Id == broker.Home)
        {
            throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: networkNamespace {pod.NetworkNamespace} is the node's own; pods of the host network cannot join the mesh");
        }
    }
}
