using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture.Forwarding;

/// <summary>
/// A small paired transfer on loopback, at start: kernels differ in whether they charge redirected messages to the receiver (6.12), and whether FIONREAD knows
/// of them (2026), and fixes are carried to older ones, so that the version says little.
/// </summary>
internal static class ForwardingSelfTest
{
    private const int MessageSize = 16 * 1024;
    private const int MaxMessages = 4096;
    private const int FirstNetwork = 180;
    private const int LastNetwork = 250;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static uint _transfers;

    /// <summary>Runs the test.</summary>
    /// <param name="forwarding">The engine.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it has passed.</returns>
    /// <exception cref="CaptureException">It has not.</exception>
    internal static async Task RunAsync(KernelForwarding forwarding, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            await TransferAsync(forwarding, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CaptureException($"in-kernel forwarding: the test transfer did not get through in {Limit.TotalSeconds:0} s");
        }
        catch (SocketException e)
        {
            throw new CaptureException($"in-kernel forwarding: the test transfer failed: {e.Message}", e);
        }
    }

    private static async Task TransferAsync(KernelForwarding forwarding, CancellationToken ct)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var ns = listener.GetNetworkNamespaceCookie();

        // Connections to the capture's port alone are looked at on loopback; an address of this transfer's own leaves the port free for others.
        var process = Environment.ProcessId;
        var network = FirstNetwork + (Interlocked.Increment(ref _transfers) % (LastNetwork - FirstNetwork));
        listener.Bind(new IPEndPoint(new IPAddress([127, (byte)network, (byte)(process >> 8), (byte)process]), Model.MeshPorts.Outbound));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        forwarding.AddNamespace(ns);
        try
        {
            forwarding.Expect(client.SafeHandle);
            await client.ConnectAsync(listener.LocalEndPoint!, ct);
        }
        finally
        {
            forwarding.RemoveNamespace(ns);
        }

        using var server = await listener.AcceptAsync(ct);
        server.Blocking = false;
        server.NoDelay = true;

        // The two ends are each other's peer here, with no proxy between.
        using var pair = forwarding.Pair(server.SafeHandle, (IPEndPoint)listener.LocalEndPoint!, client.SafeHandle)
            ?? throw new CaptureException("in-kernel forwarding: a connection of this process was not seen as it was established");
        await WarmUpAsync(client, server, pair, ct);
        await FillAsync(client, server, pair, ct);
    }

    private static async Task WarmUpAsync(Socket client, Socket server, KernelPair pair, CancellationToken ct)
    {
        var one = new byte[1];
        while (pair.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            pair.Ask();
            await client.SendAsync(one, ct);
            await server.ReceiveAsync(one, ct);
            await server.SendAsync(one, ct);
            await client.ReceiveAsync(one, ct);
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>Sends without reading: the kernel has to stop redirecting when the receiver's buffer is full, and FIONREAD has to tell what waits.</summary>
    private static async Task FillAsync(Socket client, Socket server, KernelPair pair, CancellationToken ct)
    {
        var before = pair.Transfer.RequestBytes;
        var sent = 0;
        var message = new byte[MessageSize];
        for (var i = 0; i < MaxMessages; i++)
        {
            message.AsSpan().Fill((byte)i);
            var moved = pair.Transfer.RequestBytes;
            sent += await client.SendAsync(message, ct);
            if (pair.Transfer.RequestBytes == moved)
            {
                break;
            }
        }

        var redirected = pair.Transfer.RequestBytes - before;
        if (redirected == 0 || redirected >= (long)MaxMessages * MessageSize)
        {
            throw new CaptureException("in-kernel forwarding needs a kernel that charges redirected messages to their receiver (6.12 or later): one that sleeps would take memory without bound");
        }

        if (server.Available != redirected)
        {
            throw new CaptureException("in-kernel forwarding needs a kernel whose FIONREAD counts redirected messages (6.18.8, 6.19 or later, or a distribution's that carries the fix)");
        }

        var received = new byte[MessageSize];
        for (var total = 0; total < sent;)
        {
            var count = await server.ReceiveAsync(received, ct);
            for (var i = 0; i < count; i++, total++)
            {
                if (received[i] != (byte)(total / MessageSize))
                {
                    throw new CaptureException($"in-kernel forwarding: this kernel gave byte {total} of the test transfer out of order");
                }
            }
        }
    }
}
