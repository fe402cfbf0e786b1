using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <content>What an earlier proxy left captured.</content>
public sealed partial class EbpfCapture
{
    /// <summary>Tells whether an earlier proxy of a name left pods that are captured by eBPF.</summary>
    /// <param name="instance">The node proxy's name.</param>
    /// <param name="root">Where state is pinned.</param>
    public static bool HasLeftovers(string instance, string root = DefaultRoot) => Ebpf.CapturePins.HasPods(root, instance);

    /// <inheritdoc/>
    public async ValueTask ForgetOthersAsync(IReadOnlyCollection<PodEnrollment> enrolled, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(enrolled);
        var state = State();
        List<ulong> left;
        lock (_gate)
        {
            left = [.. state.Captured()];
        }

        if (left.Count == 0)
        {
            return;
        }

        try
        {
            foreach (var pod in enrolled)
            {
                left.Remove(await FindCookieAsync(pod, ct) ?? 0);
            }

            foreach (var cookie in left)
            {
                Forget(cookie);
                LogForgotten(cookie);
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new CaptureException($"pods that left the mesh while no proxy was there stay closed: {e.Message}", e);
        }
    }

    /// <summary>Ends capture of one network namespace; one that is not captured is no error.</summary>
    /// <param name="cookie">The network namespace.</param>
    /// <returns>True when none is captured any more.</returns>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal bool Forget(ulong cookie)
    {
        var state = State();
        lock (_gate)
        {
            state.Remove(cookie);
            return !state.Captured().Any();
        }
    }

    /// <summary>Null for a pod in the node's own namespace, which is never captured.</summary>
    private async Task<ulong?> FindCookieAsync(PodEnrollment pod, CancellationToken ct)
    {
        using var ns = NetworkNamespace.Open(pod.NetworkNamespace);
        if (ns.Id == _broker.Home)
        {
            return null;
        }

        using var socket = await _broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp, ct);
        return socket.GetNetworkNamespaceCookie();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "capture of network namespace {Cookie} ended: its pod left the mesh while no proxy was there")]
    private partial void LogForgotten(ulong cookie);
}
