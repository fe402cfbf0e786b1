using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture.Ebpf;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Netlink;
using NodeMesh.Linux.Sockets;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>
/// Capture by BPF programs: those at the root cgroup rewrite what captured pods connect to, one in each pod's namespace hands its inbound connections to
/// the proxy. No rule, no connection tracking and no address translation is on a connection's way.
/// </summary>
public sealed partial class EbpfCapture : ICapture, IDisposable
{
    /// <summary>Where capture is pinned unless said otherwise.</summary>
    public const string DefaultRoot = "/sys/fs/bpf/nodemesh";

    private readonly NetworkNamespaceBroker _broker;
    private readonly PodNamespaces _namespaces;
    private readonly CapturePins _pins;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private CaptureState? _state;

    /// <summary>Prepares capture; the kernel is not asked for anything before <see cref="Start"/>.</summary>
    /// <param name="broker">Makes sockets in namespaces.</param>
    /// <param name="instance">The node proxy's name, unique on the machine: a restarted proxy finds its state by it.</param>
    /// <param name="log">The log.</param>
    /// <param name="root">Where state is pinned, on a BPF file system.</param>
    public EbpfCapture(NetworkNamespaceBroker broker, string instance, ILogger log, string root = DefaultRoot)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentException.ThrowIfNullOrEmpty(instance);
        _broker = broker;
        _namespaces = new PodNamespaces(broker);
        _pins = new CapturePins(root, instance);
        _log = log;
    }

    /// <inheritdoc/>
    public string Name => "ebpf";

    /// <summary>Takes over what an earlier proxy of this name left, forgets pods that are gone, and attaches the programs. Starting twice is no error.</summary>
    /// <exception cref="CaptureException">The kernel refused something.</exception>
    public void Start() => State();

    /// <inheritdoc/>
    public async ValueTask<ICapturedPod> CaptureAsync(PodEnrollment pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var exclusions = CaptureExclusions.Parse(pod);
        NetworkNamespace? ns = null;
        PodListeners? listeners = null;
        NetlinkWatch? changes = null;
        try
        {
            var state = State();
            ns = _namespaces.Open(pod);
            var ports = new DeliveryPorts();
            var sockets = new PodSocketFactory(_broker, ns, ports);
            var source = new OutboundSource(pod);
            listeners = await PodListeners.OpenAsync(sockets, await _namespaces.HasIpv6Async(ns, ct), source.Restore, ports.Watch, DnsAliases.All, ct);
            changes = await WatchDevicesAsync(ns, exclusions, ct);
            var (interfaces, hasRules) = await PodRouting.ApplyAsync(ns, exclusions.VirtualInterfaces, ct);
            ports.OwnAddresses = interfaces.Addresses.ToHashSet();
            ports.Device = (int)interfaces.OnlyDevice;
            var cookie = listeners.InboundSocket.GetNetworkNamespaceCookie();
            lock (_gate)
            {
                // The way in before the entry that makes both ways count.
                state.Rules.WriteListeners(cookie, listeners.InboundSocket, listeners.OutboundSocket);
                state.AttachPod(cookie, ns);
                state.Rules.Write(PodRuleSet.Build(cookie, pod, exclusions, interfaces));
            }

            if (hasRules)
            {
                // An earlier proxy captured by iptables. Only now: until here its rules kept the pod closed. They share the table of routes.
                await IptablesCapture.RemoveRulesAsync(ns, ct);
                await PodRouting.ApplyAsync(ns, exclusions.VirtualInterfaces, ct);
            }

            var device = interfaces.DefaultDevice;
            return new CapturedPod(pod, ns, exclusions, listeners, sockets, connection => FindDestination(state, connection.Handle, device))
            {
                NamespaceCookie = cookie,
                Changes = changes,
            };
        }
        catch (Exception e)
        {
            if (listeners is not null)
            {
                await listeners.DisposeAsync();
            }

            changes?.Dispose();
            ns?.Dispose();
            if (e is IOException or SocketException or FormatException)
            {
                throw new CaptureException($"pod {pod.Namespace}/{pod.Name} cannot be captured: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>What was captured is known by its sockets and by the routes of its answers: neither is touched.</summary>
    /// <inheritdoc/>
    public ValueTask OpenAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        try
        {
            RemoveEntries(pod);
            return ValueTask.CompletedTask;
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
            RemoveEntries(pod);

            // An own descriptor: the pod's may have been disposed, and its namespace may outlive it.
            using var ns = PodNamespaces.Reopen(pod);
            if (ns is not null)
            {
                await PodRouting.RemoveAsync(ns, ct);
            }
        }
        catch (IOException e)
        {
            throw new CaptureException($"pod {pod.Pod.Namespace}/{pod.Pod.Name} cannot be released: {e.Message}", e);
        }

        await pod.DisposeAsync();
    }

    /// <summary>
    /// Programs and maps are pinned where nobody but their owner looks: there is nothing that a firewall's restart would remove. But devices come and go, and those
    /// behind which other machines are get their rules here.
    /// </summary>
    /// <inheritdoc/>
    public async ValueTask<bool> RepairAsync(ICapturedPod pod, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(pod);
        if (pod.Exclusions.VirtualInterfaces.IsEmpty)
        {
            return false;
        }

        try
        {
            using var ns = PodNamespaces.Reopen(pod);
            if (ns is not null)
            {
                var (interfaces, _) = await PodRouting.ApplyAsync(ns, pod.Exclusions.VirtualInterfaces, ct);
                var state = State();
                lock (_gate)
                {
                    state.Rules.Write(PodRuleSet.Build(CookieOf(pod), pod.Pod, pod.Exclusions, interfaces));
                }
            }

            return false;
        }
        catch (IOException e)
        {
            throw new CaptureException($"the virtual interfaces of pod {pod.Pod.Namespace}/{pod.Pod.Name} cannot be followed: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<CaptureSupport> ProbeAsync(CancellationToken ct) => ValueTask.FromResult(new CaptureSupport(EbpfProbe.Run()));

    /// <summary>Removes what a node proxy has pinned, in whatever version: its pods are not captured any more.</summary>
    /// <param name="instance">The node proxy's name.</param>
    /// <param name="root">Where state is pinned.</param>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public static void RemoveInstance(string instance, string root = DefaultRoot) => CapturePins.RemoveInstance(root, instance);

    /// <summary>Closes the descriptors; what is pinned stays in force.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _state?.Dispose();
            _state = null;
        }
    }

    private static IPEndPoint? FindDestination(CaptureState state, SafeHandle socket, uint device)
    {
        if (!state.Maps.Accepted.TryGetValue(socket, out var original))
        {
            return null;
        }

        var address = original.Address.ToAddress();
        if (address.IsIPv6LinkLocal)
        {
            // The hook is not told by which device.
            address.ScopeId = device;
        }

        return new IPEndPoint(address, original.Port);
    }

    private static ulong CookieOf(ICapturedPod pod) =>
        pod is CapturedPod { NamespaceCookie: not 0 } own ? own.NamespaceCookie : throw new ArgumentException("captured in another way", nameof(pod));

    /// <summary>Tells of new devices, where some of them are virtual interfaces.</summary>
    private async Task<NetlinkWatch?> WatchDevicesAsync(NetworkNamespace ns, CaptureExclusions exclusions, CancellationToken ct) =>
        exclusions.VirtualInterfaces.IsEmpty ? null : await NetlinkWatch.OpenAsync(_broker, ns, NetlinkGroup.Links, ct);

    private void RemoveEntries(ICapturedPod pod)
    {
        var cookie = CookieOf(pod);
        var state = State();
        lock (_gate)
        {
            state.Remove(cookie);
        }
    }

    private CaptureState State()
    {
        lock (_gate)
        {
            try
            {
                return _state ??= CaptureState.Open(_pins, _log);
            }
            catch (IOException e)
            {
                throw new CaptureException($"eBPF capture cannot start: {e.Message}", e);
            }
        }
    }
}
