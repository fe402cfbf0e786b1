using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Forwarding;

public sealed class ForwardedPairTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TransferCounters _counters = new();

    [Fact]
    public async Task Pair_WhenSilentAfterAHalfClose_IsResetAtTheLimit()
    {
        using var client = await EndAsync();
        using var server = await EndAsync();
        var pair = new ForwardedPair(client.Inner, server.Inner, _counters);
        var heartbeat = new ForwardingHeartbeat(new ProxyLimits { HalfCloseTimeout = TimeSpan.FromMinutes(1) }, _time, null);
        heartbeat.Add(pair);
        var running = pair.RunAsync();

        await client.Outer.SendAsync("x"u8.ToArray());
        client.Outer.Shutdown(SocketShutdown.Send);
        Assert.Equal("x", await TestMesh.ReadToEndAsync(server.Outer));
        await Eventually.TrueAsync(() => pair.IsHalfClosed, "not half-closed");
        heartbeat.Beat();
        _time.Advance(TimeSpan.FromSeconds(59));
        heartbeat.Beat();
        Assert.False(running.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));
        heartbeat.Beat();
        var (reason, _) = await Eventually.WithinAsync(running);
        Assert.Equal(ConnectionEndReason.HalfCloseTimeout, reason);

        // A socket that has read the FIN already learns of the reset only when it writes (tcp(7), EPIPE).
        await Eventually.TrueAsync(() => !CanSend(server.Outer), "the server was not reset");
    }

    [Fact]
    public async Task Pair_AtTheFirstBeat_ProbesForPeersThatAreGone_AndSoonerOnceHalfClosed()
    {
        using var client = await EndAsync();
        using var server = await EndAsync();
        var pair = new ForwardedPair(client.Inner, server.Inner, _counters);
        var heartbeat = new ForwardingHeartbeat(new ProxyLimits(), _time, null);
        heartbeat.Add(pair);
        var running = pair.RunAsync();

        heartbeat.Beat();
        Assert.Equal((true, 180), Probes(client.Socket));
        Assert.Equal((true, 180), Probes(server.Socket));

        client.Outer.Shutdown(SocketShutdown.Send);
        await Eventually.TrueAsync(() => pair.IsHalfClosed, "not half-closed");
        heartbeat.Beat();
        Assert.Equal((true, 20), Probes(client.Socket));
        Assert.Equal((true, 20), Probes(server.Socket));

        server.Outer.Shutdown(SocketShutdown.Send);
        await Eventually.WithinAsync(running);

        static (bool IsOn, int Idle) Probes(Socket socket) =>
            ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
    }

    [Fact]
    public async Task Pair_ThatMovesBytes_OutlivesTheIdleLimit()
    {
        using var client = await EndAsync();
        using var server = await EndAsync();
        var pair = new ForwardedPair(client.Inner, server.Inner, _counters);
        var heartbeat = new ForwardingHeartbeat(new ProxyLimits { IdleTimeout = TimeSpan.FromMinutes(1) }, _time, null);
        heartbeat.Add(pair);
        var running = pair.RunAsync();
        for (var sent = 1; sent <= 3; sent++)
        {
            await client.Outer.SendAsync("x"u8.ToArray());
            await Eventually.TrueAsync(() => _counters.Received == sent, "not forwarded");
            _time.Advance(TimeSpan.FromSeconds(59));
            heartbeat.Beat();
            Assert.False(running.IsCompleted);
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        heartbeat.Beat();
        Assert.Equal(ConnectionEndReason.IdleTimeout, (await Eventually.WithinAsync(running)).Reason);
    }

    [Fact]
    public async Task Pair_AskedToCloseBeforeItRuns_ClosesAtOnceWithThatReason()
    {
        using var client = await EndAsync();
        using var server = await EndAsync();
        var record = new ConnectionRecord { Id = 1, Direction = ConnectionDirection.Inbound, Source = new IPEndPoint(0, 1), Destination = new IPEndPoint(0, 2), Started = default };
        record.RequestClose(ConnectionEndReason.PolicyDeniedLate, new Model.NamespacedName("shop", "no"));
        var pair = new ForwardedPair(client.Inner, server.Inner, _counters);
        record.OnCloseRequested(pair.RequestedAbort(record));
        var (reason, error) = await Eventually.WithinAsync(pair.RunAsync());
        Assert.Equal(ConnectionEndReason.PolicyDeniedLate, reason);
        Assert.Contains("shop/no", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, nameof(ConnectionEndReason.ClientReset))]
    [InlineData(false, nameof(ConnectionEndReason.ServerReset))]
    public async Task Pair_WhenOneEndResets_ResetsTheOtherAndSaysWho(bool byClient, string expected)
    {
        using var client = await EndAsync();
        using var server = await EndAsync();
        var running = new ForwardedPair(client.Inner, server.Inner, _counters).RunAsync();
        var (resetting, other) = byClient ? (client.Outer, server.Outer) : (server.Outer, client.Outer);
        resetting.LingerState = new LingerOption(true, 0);
        resetting.Close();
        Assert.Equal(expected, (await Eventually.WithinAsync(running)).Reason.ToString());
        await TestMesh.AssertResetAsync(other);
    }

    [Fact]
    public async Task Pair_MovingMuchBothWays_LosesNothingAndHoldsNoBufferAfterwards()
    {
        const int Size = 20_000_000;
        using var client = await EndAsync();
        using var server = await EndAsync();
        var running = new ForwardedPair(client.Inner, server.Inner, _counters).RunAsync();
        var data = new byte[Size];
        new Random(3).NextBytes(data);
        var received = await Eventually.WithinAsync(Task.WhenAll(PumpAsync(client.Outer, data), PumpAsync(server.Outer, data)));
        Assert.All(received, r => Assert.True(r.AsSpan().SequenceEqual(data)));
        Assert.Equal(ConnectionEndReason.Completed, (await Eventually.WithinAsync(running)).Reason);
        Assert.Equal((Size, Size), (_counters.Received, _counters.Sent));
    }

    private static async Task<byte[]> PumpAsync(Socket socket, byte[] data)
    {
        var sending = Task.Run(async () =>
        {
            for (var sent = 0; sent < data.Length;)
            {
                sent += await socket.SendAsync(data.AsMemory(sent, Math.Min(100_000, data.Length - sent)));
            }

            socket.Shutdown(SocketShutdown.Send);
        });
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
        }

        await sending;
        return all.ToArray();
    }

    private static bool CanSend(Socket socket)
    {
        _ = socket.Send("y"u8, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    private static async Task<End> EndAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var outer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await outer.ConnectAsync(listener.LocalEndPoint!);
        var accepted = await listener.AcceptAsync();
        return new End(outer, accepted, new SocketConnection(accepted));
    }

    private sealed record End(Socket Outer, Socket Socket, SocketConnection Inner) : IDisposable
    {
        public void Dispose() => Outer.Dispose();
    }
}
