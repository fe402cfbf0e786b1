using System.Net.Sockets;
using NodeMesh.Capture.Iptables;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Netlink;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Tools;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>
/// Capture by rules in the pod's own network namespace. Redirection lives in connection tracking, whose entry for a half-closed connection the kernel
/// forgets after 60 s and with it where the packets belong; so that time is raised in the pod's namespace.
/// </summary>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="earlier">
/// What an earlier proxy captured by eBPF, and how to remove what is left of it when the last pod has been taken over. Each pod stays captured by it until its rules are
/// there; in between both hold, and the pod's connections are refused.
/// </param>
public sealed class IptablesCapture(NetworkNamespaceBroker broker, EarlierCapture? earlier = null) : ICapture, IDisposable
{
    /// <summary>
    /// Seconds for which a half-closed connection stays tracked: half a day, longer than any half-closed connection that the proxy itself allows, and short
    /// enough that peers which vanish half-closed do not pile up.
    /// </summary>
    private const int CloseWaitSeconds = 43_200;

    private const int DefaultCloseWaitSeconds = 60;

    private readonly PodNamespaces _namespaces = new(broker);

    /// <inheritdoc/>
    public string Name => "iptables";

    /// <inheritdoc/>
    public async ValueTask<ICapturedPod> CaptureAsync(PodEnrollment pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var exclusions = CaptureExclusions.Parse(pod);
        NetworkNamespace? ns = null;
        PodListeners? listeners = null;
        ConnectionTracking? tracking = null;
        NetlinkWatch? changes = null;
        try
        {
            ns = _namespaces.Open(pod);
            var sockets = new PodSocketFactory(broker, ns);
            var hasIpv6 = await _namespaces.HasIpv6Async(ns, ct);
            listeners = await PodListeners.OpenAsync(sockets, hasIpv6, null, null, [], ct);
            await SetCloseWaitAsync(ns, CloseWaitSeconds, ct);
            // Together: the families share no rule, and a pod waits for both before it may start.
            await Task.WhenAll(Families(hasIpv6).Select(f => new PodRules(ns, f).ApplyAsync(exclusions, ct)));
            if (earlier is not null)
            {
                await earlier.ReleaseAsync(listeners.InboundSocket.GetNetworkNamespaceCookie(), ct);
            }

            tracking = await TryAsync(() => ConnectionTracking.OpenAsync(broker, ns, ct));
            // Own changes are not to be told of.
            changes = await TryAsync(() => NetlinkWatch.OpenAsync(broker, ns, NetlinkGroup.Rules, ct));
            return new CapturedPod(pod, ns, exclusions, listeners, sockets, static connection =>
                connection.RemoteEndPoint is System.Net.IPEndPoint peer ? connection.Handle.GetOriginalDestination(peer) : null)
            {
                Tracking = tracking,
                Changes = changes,
            };
        }
        catch (Exception e)
        {
            tracking?.Dispose();
            changes?.Dispose();
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
    public async ValueTask OpenAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            using var ns = PodNamespaces.Reopen(pod);
            if (ns is not null)
            {
                await Task.WhenAll(Families(await _namespaces.HasIpv6Async(ns, ct)).Select(f => new PodRules(ns, f).OpenAsync(ct)));
            }
        }
        catch (IOException e)
        {
            throw new CaptureException($"pod {pod.Pod.Namespace}/{pod.Pod.Name} cannot be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            // An own descriptor: the pod's may have been disposed, and its namespace may outlive it.
            using var ns = PodNamespaces.Reopen(pod);
            if (ns is not null)
            {
                await Task.WhenAll(Families(await _namespaces.HasIpv6Async(ns, ct)).Select(f => new PodRules(ns, f).RemoveAsync(ct)));
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
    public async ValueTask<bool> RepairAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            using var ns = PodNamespaces.Reopen(pod);
            if (ns is null)
            {
                return false;
            }

            var repaired = await Task.WhenAll(Families(await _namespaces.HasIpv6Async(ns, ct)).Select(f => new PodRules(ns, f).RepairAsync(pod.Exclusions, ct)));
            return repaired.Contains(true);
        }
        catch (IOException e)
        {
            throw new CaptureException($"the rules of pod {pod.Pod.Namespace}/{pod.Pod.Name} cannot be checked: {e.Message}", e);
        }
    }

    /// <summary>
    /// Rules stay with their namespace, and the kernel has no list of namespaces: what an earlier proxy captured by rules and left the mesh since is found by the answers to enrolments
    /// that are gone, and opened by <see cref="CaptureRemoval"/>.
    /// </summary>
    /// <inheritdoc/>
    public ValueTask ForgetOthersAsync(IReadOnlyCollection<PodEnrollment> enrolled, CancellationToken ct) =>
        earlier?.ForgetOthersAsync(enrolled, ct) ?? ValueTask.CompletedTask;

    /// <summary>Closes what is open of earlier capture, which stays in force.</summary>
    public void Dispose() => earlier?.Dispose();

    /// <inheritdoc/>
    public async ValueTask<CaptureSupport> ProbeAsync(CancellationToken ct) => new(await IptablesProbe.RunAsync(ct));

    /// <summary>Removes the rules of both families, where there are any.</summary>
    /// <param name="ns">A pod's namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ToolException">A rule could not be removed.</exception>
    internal static async Task RemoveRulesAsync(NetworkNamespace ns, CancellationToken ct)
    {
        await Task.WhenAll(Families(hasIpv6: Directory.Exists("/proc/sys/net/ipv6")).Select(f => new PodRules(ns, f).RemoveAsync(ct)));
        await SetCloseWaitAsync(ns, DefaultCloseWaitSeconds, ct);
    }

    /// <summary>
    /// Null where the kernel lacks it. Without connection tracking's answers some connections are not forwarded in the kernel; without word of changed rules, what
    /// somebody flushes is put back by the look that the proxy takes now and then.
    /// </summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> open)
        where T : class
    {
        try
        {
            return await open();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IEnumerable<AddressFamilyTools> Families(bool hasIpv6) => hasIpv6 ? [AddressFamilyTools.V4, AddressFamilyTools.V6] : [AddressFamilyTools.V4];

    private static Task<string> SetCloseWaitAsync(NetworkNamespace ns, int seconds, CancellationToken ct) =>
        LinuxTool.RequireAsync(ns, "sh", ["-c", $"f=/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait; [ ! -w $f ] || echo {seconds} > $f"], null, ct);
}
