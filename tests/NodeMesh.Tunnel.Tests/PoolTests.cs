using System.Net;
using System.Net.Sockets;
using NodeMesh.Testing;
using NodeMesh.Tunnel.Http2;
using NodeMesh.Tunnel.Tests.Http2;

namespace NodeMesh.Tunnel.Tests;

public sealed class PoolTests
{
    // The clock of these tests runs far ahead of the peers, which answer PINGs in true time.
    private static readonly TunnelOptions Patient = new() { PingTimeout = TimeSpan.FromDays(10) };

    [Fact]
    public async Task Connect_ManyAtOnce_ShareOneDialAndOneTunnel()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var dials = 0;
        var pool = mesh.CreatePool(dial: (to, ct) =>
        {
            Interlocked.Increment(ref dials);
            return TestMesh.DialAsync(to, ct);
        });
        var connections = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => mesh.ConnectAsync(pool)));
        Assert.Equal(1, dials);
        var info = Assert.Single(pool.Snapshot());
        Assert.Equal(50, info.ActiveStreams);
        Assert.Equal(50, info.TotalStreams);
        Assert.All(connections, c => Assert.Equal(info.TunnelId, c.TunnelId));
    }

    [Fact]
    public async Task Connect_MoreThanATunnelHolds_OpensAnother()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync, new TunnelOptions { MaxStreamsPerTunnel = 10 });
        var pool = mesh.CreatePool();
        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => mesh.ConnectAsync(pool)));
        Assert.Equal(25, pool.Snapshot().Sum(t => t.ActiveStreams));
        Assert.All(pool.Snapshot(), t => Assert.InRange(t.ActiveStreams, 1, 10));
    }

    [Fact]
    public async Task Connect_FarEndThatNeverAnswers_FailsAfterTheTimeout()
    {
        await using var mesh = new TestMesh(static r => Task.Delay(Timeout.Infinite, r.Aborted).ContinueWith(static _ => { }, TaskScheduler.Default));
        var pool = mesh.CreatePool(new TunnelOptions { ResponseTimeout = TimeSpan.FromMilliseconds(100) });

        var e = await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool));

        Assert.Equal(TunnelFailure.Http2Failed, e.Reason);
        Assert.Contains("10.0.0.1:80", e.Message, StringComparison.Ordinal);
        await TestMesh.WaitForAsync(() => pool.Snapshot().All(t => t.ActiveStreams == 0), "the stream was given up");
    }

    [Fact]
    public async Task Connect_PeersLimitIsLower_IsKept()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync, new TunnelOptions { MaxConcurrentStreams = 3 });
        var pool = mesh.CreatePool();
        await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => mesh.ConnectAsync(pool)));
        Assert.All(pool.Snapshot(), t => Assert.InRange(t.ActiveStreams, 1, 3));
    }

    [Fact]
    public async Task Connect_OtherIdentityOrTarget_GetsItsOwnTunnel()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        var request = new TunnelConnectRequest("10.0.0.1:80", []);
        await using var one = await pool.ConnectAsync(mesh.Target, request, default);
        await using var other = await pool.ConnectAsync(mesh.Target with { Source = mesh.Certificates.Identity("other") }, request, default);
        await using var same = await pool.ConnectAsync(new TunnelTarget(mesh.Target.Source, new IPEndPoint(mesh.Address.Address, mesh.Address.Port), [.. mesh.Target.ExpectedUris]), request, default);
        Assert.NotEqual(one.TunnelId, other.TunnelId);
        Assert.Equal(one.TunnelId, same.TunnelId);
    }

    [Fact]
    public async Task Request_HeadersBothWays_Arrive()
    {
        TunnelRequest? seen = null;
        await using var mesh = new TestMesh(async r =>
        {
            seen = r;
            await using var c = await r.AcceptAsync([new("baggage", "service.name=web")], default);
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool(), "10.1.2.3:8080", new("forwarded", "for=\"10.0.0.4:5\""), new("traceparent", "00-a-b-00"));
        Assert.Equal([new("baggage", "service.name=web")], client.ResponseHeaders);
        Assert.Equal("CONNECT", seen!.Method);
        Assert.Equal("10.1.2.3:8080", seen.Authority);
        Assert.Equal([new("forwarded", "for=\"10.0.0.4:5\""), new("traceparent", "00-a-b-00")], seen.Headers);
        Assert.Equal(mesh.Certificates.Identity("client"), seen.Peer.Identity);
        Assert.Equal(IPAddress.Loopback, seen.RemoteEndPoint.Address);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    public async Task Connect_Rejected_SaysTheStatus(int status)
    {
        await using var mesh = new TestMesh(async r => await r.RejectAsync(status, "test", default));
        var pool = mesh.CreatePool();
        var e = await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool));
        Assert.Equal((TunnelFailure.Refused, (int?)status), (e.Reason, e.Status));
        await TestMesh.WaitForAsync(() => pool.Snapshot()[0].ActiveStreams == 0, "the stream is closed");
    }

    [Fact]
    public async Task Handler_ThrowsOrForgets_Answers503()
    {
        await using var mesh = new TestMesh(r => r.Authority == "10.0.0.1:1" ? throw new InvalidOperationException("test") : Task.CompletedTask);
        var pool = mesh.CreatePool();
        Assert.Equal(503, (await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool, "10.0.0.1:1"))).Status);
        Assert.Equal(503, (await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool, "10.0.0.1:2"))).Status);
        Assert.Single(pool.Snapshot());
    }

    [Fact]
    public async Task Connect_NobodyListens_FailsWithConnectFailed()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool(dial: (_, _) => throw new SocketException((int)SocketError.ConnectionRefused));
        var e = await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool));
        Assert.Equal(TunnelFailure.ConnectFailed, e.Reason);
        Assert.Contains(mesh.Address.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Empty(pool.Snapshot());
    }

    [Fact]
    public async Task Connect_NoCertificate_FailsWithCertificateUnavailable()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        mesh.Certificates.IsUnavailable = true;
        Assert.Equal(TunnelFailure.CertificateUnavailable, (await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool))).Reason);
        mesh.Certificates.IsUnavailable = false;
        await using var connection = await mesh.ConnectAsync(pool);
    }

    [Fact]
    public async Task Connect_CancelledWhileDialling_LeavesTheDialToTheOthers()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var go = new TaskCompletionSource();
        var pool = mesh.CreatePool(dial: async (to, ct) =>
        {
            await go.Task;
            return await TestMesh.DialAsync(to, ct);
        });
        using var cancel = new CancellationTokenSource();
        var first = pool.ConnectAsync(mesh.Target, new TunnelConnectRequest("10.0.0.1:80", []), cancel.Token).AsTask();
        var second = mesh.ConnectAsync(pool);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        await using var connection = await second;
    }

    [Fact]
    public async Task ServerDrain_ExistingStreamsFinish_NewOnesGetAnotherTunnel()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        var old = await mesh.ConnectAsync(pool);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var draining = mesh.Server.DrainAsync(patience.Token);
        await TestMesh.WaitForAsync(() => pool.Snapshot().All(t => t.State == TunnelState.Draining), "the client heard of it");
        Assert.False(draining.IsCompleted);

        await old.Transport.Output.WriteAsync("still"u8.ToArray());
        await old.Transport.Output.CompleteAsync();
        Assert.Equal("still"u8.ToArray(), await TunnelConnectionTests.ReadAllAsync(old.Transport.Input));
        await old.DisposeAsync();
        await draining;
        Assert.False(patience.IsCancellationRequested);
        await TestMesh.WaitForAsync(() => pool.Snapshot().Count == 0, "the tunnel is gone");
    }

    [Fact]
    public async Task GoAwayBelowARequest_IsTriedAgainOnANewTunnel()
    {
        await using var server = new RawServer();
        var connecting = server.BeginConnect();
        var peer = await server.Peer;
        await peer.ReadUntilAsync(FrameType.Headers, 1);
        var next = server.AcceptNext();
        await peer.SendAsync(FrameType.GoAway, 0, 0, new byte[8]);
        var second = await next;
        await RawServer.AnswerAsync(second, 1, "200");
        await using var connection = await connecting;
        Assert.False(connection.ConnectionClosed.IsCancellationRequested);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task RefusedStream_IsTriedAgain()
    {
        await using var server = new RawServer();
        var connecting = server.BeginConnect();
        var peer = await server.Peer;
        await peer.ReadUntilAsync(FrameType.Headers, 1);
        await peer.SendAsync(FrameType.RstStream, 0, 1, RawPeer.UInt32(7));
        await RawServer.AnswerAsync(peer, 3, "200");
        await using var connection = await connecting;
    }

    [Fact]
    public async Task Evict_TunnelDrains_AndTheNextConnectionDialsAgain()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        await using var old = await mesh.ConnectAsync(pool);
        pool.Evict(IPAddress.Parse("127.0.0.2"));
        pool.Evict(mesh.Address.Address);
        await using var next = await mesh.ConnectAsync(pool);
        Assert.NotEqual(old.TunnelId, next.TunnelId);
        await old.Transport.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, (await old.Transport.Input.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task IdleTunnel_ClosesAfterFiveMinutes()
    {
        var time = new ManualTimeProvider();
        await using var mesh = new TestMesh(TestMesh.EchoAsync, Patient, certificates: new TestCertificates("cluster.local", time), time: time);
        var pool = mesh.CreatePool();
        await using (var connection = await mesh.ConnectAsync(pool))
        {
            time.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal(TunnelState.Open, Assert.Single(pool.Snapshot()).State);
        }

        await TestMesh.WaitForAsync(() => pool.Snapshot()[0].ActiveStreams == 0, "the stream is closed");
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Single(pool.Snapshot());
        time.Advance(TimeSpan.FromMinutes(2));
        await TestMesh.WaitForAsync(() => pool.Snapshot().Count == 0, "the tunnel is closed");
    }

    [Fact]
    public async Task CertificateExpired_TunnelDrains_AndTheNextUsesTheNewOne()
    {
        var time = new ManualTimeProvider();
        var certificates = new TestCertificates("cluster.local", time) { Lifetime = TimeSpan.FromHours(1) };
        await using var mesh = new TestMesh(TestMesh.EchoAsync, Patient, certificates: certificates, time: time, serverCertificate: certificates.Issue("server", TimeSpan.FromDays(2)));
        var pool = mesh.CreatePool();
        await using var old = await mesh.ConnectAsync(pool);
        time.Advance(TimeSpan.FromMinutes(61));
        await using var next = await mesh.ConnectAsync(pool);
        Assert.NotEqual(old.TunnelId, next.TunnelId);
        Assert.Equal(2, certificates.Asked);
        await old.Transport.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, (await old.Transport.Input.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task SilentPeer_GetsAPingAfter10s_AndIsGivenUp20sLater()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new RawServer(time: time);
        await using var connection = await server.ConnectAsync();
        var peer = await server.Peer;

        // The first beat only notes that the peer has just spoken.
        time.Advance(TimeSpan.FromSeconds(2.5));
        time.Advance(TimeSpan.FromSeconds(10));
        await peer.ReadUntilAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromSeconds(17.5));
        Assert.Equal(TunnelState.Open, Assert.Single(server.Pool.Snapshot()).State);
        time.Advance(TimeSpan.FromSeconds(2.5));
        await Assert.ThrowsAsync<Microsoft.AspNetCore.Connections.ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync(TestMesh.Deadline));
        await TestMesh.WaitForAsync(() => server.Pool.Snapshot().Count == 0, "the tunnel is gone");
    }

    [Fact]
    public async Task Dispose_FailsConnectionsAndLaterOnes()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var pool = mesh.CreatePool();
        var connection = await mesh.ConnectAsync(pool);
        await pool.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await connection.Transport.Input.ReadAsync());
        Assert.Equal(TunnelFailure.Closed, (await Assert.ThrowsAsync<TunnelException>(() => mesh.ConnectAsync(pool))).Reason);
    }
}
