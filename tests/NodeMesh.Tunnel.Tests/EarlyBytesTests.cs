using System.Text;
using NodeMesh.Tunnel.Http2;
using NodeMesh.Tunnel.Tests.Http2;

namespace NodeMesh.Tunnel.Tests;

/// <summary>What a client has said already leaves with the request.</summary>
public sealed class EarlyBytesTests
{
    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("GET / HTTP/1.1");

    [Fact]
    public async Task Connect_WithEarlyBytes_SendsThemBeforeTheAnswer()
    {
        await using var server = new RawServer();
        var connecting = ConnectAsync(server, Hello);
        var peer = await server.Peer;

        await peer.ReadUntilAsync(FrameType.Headers, 1);
        var (_, payload) = await peer.ReadUntilAsync(FrameType.Data, 1);
        Assert.Equal(Hello, payload);

        await peer.SendAsync(FrameType.Headers, 0x4, 1, peer.Encode((":status", "200")));
        await using var connection = await connecting;
        Assert.Equal(Hello.Length, connection.EarlySent);
    }

    [Fact]
    public async Task Connect_WithMoreThanAFrameTakes_LeavesAllOfItToTheCaller()
    {
        await using var server = new RawServer();
        var connecting = ConnectAsync(server, new byte[(16 * 1024) + 1]);
        await RawServer.AnswerAsync(await server.Peer, 1, "200");

        await using var connection = await connecting;

        Assert.Equal(0, connection.EarlySent);
    }

    [Fact]
    public async Task Connect_ThatIsRefusedAndTriedAgain_SendsThemAgain()
    {
        await using var server = new RawServer();
        var connecting = ConnectAsync(server, Hello);
        var peer = await server.Peer;
        await peer.ReadUntilAsync(FrameType.Data, 1);

        await peer.SendAsync(FrameType.RstStream, 0, 1, RawPeer.UInt32((uint)Http2ErrorCode.RefusedStream));

        var (_, payload) = await peer.ReadUntilAsync(FrameType.Data, 3);
        Assert.Equal(Hello, payload);
        await peer.SendAsync(FrameType.Headers, 0x4, 3, peer.Encode((":status", "200")));
        await using var connection = await connecting;
        Assert.Equal(Hello.Length, connection.EarlySent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_WhoseTunnelIsLost_IsTriedAgainOnlyWithoutThem(bool hasEarlyBytes)
    {
        await using var server = new RawServer();
        var connecting = ConnectAsync(server, hasEarlyBytes ? Hello : []);
        var peer = await server.Peer;
        await peer.ReadUntilAsync(hasEarlyBytes ? FrameType.Data : FrameType.Headers, 1);
        var next = server.AcceptNext();

        await peer.DisposeAsync();

        if (hasEarlyBytes)
        {
            var lost = await Assert.ThrowsAsync<TunnelException>(() => connecting);
            Assert.True(lost.MayHaveDelivered);
            Assert.False(next.IsCompleted);
        }
        else
        {
            await RawServer.AnswerAsync(await next, 1, "200");
            await using var connection = await connecting;
        }
    }

    [Fact]
    public async Task Request_WithBytesBehindIt_SaysSoAndGivesThem()
    {
        var hasData = new TaskCompletionSource<bool>();
        await using var mesh = new TestMesh(async request =>
        {
            hasData.TrySetResult(request.HasData);
            await TestMesh.EchoAsync(request);
        });
        var pool = mesh.CreatePool();

        await using var connection = await pool.ConnectAsync(mesh.Target, new TunnelConnectRequest("10.0.0.1:80", []) { Early = Hello }, TestMesh.Deadline);

        // Both frames left in one TLS record, and the handler follows the frames at hand.
        Assert.True(await hasData.Task);
        await connection.Transport.Output.CompleteAsync();
        var echoed = new MemoryStream();
        await connection.Transport.Input.CopyToAsync(echoed, TestMesh.Deadline);
        Assert.Equal(Hello, echoed.ToArray());
    }

    [Fact]
    public async Task Request_WithBytesBehindIt_ThatIsRejected_LosesThemAndNothingElse()
    {
        await using var mesh = new TestMesh(async request =>
        {
            if (request.Authority == "10.0.0.1:80")
            {
                await request.RejectAsync(503, "test", CancellationToken.None);
                return;
            }

            await TestMesh.EchoAsync(request);
        });
        var pool = mesh.CreatePool();

        var refused = await Assert.ThrowsAsync<TunnelException>(
            async () => await pool.ConnectAsync(mesh.Target, new TunnelConnectRequest("10.0.0.1:80", []) { Early = Hello }, TestMesh.Deadline));
        await using var other = await pool.ConnectAsync(mesh.Target, new TunnelConnectRequest("10.0.0.2:80", []) { Early = Hello }, TestMesh.Deadline);

        Assert.Equal(503, refused.Status);
        await other.Transport.Output.CompleteAsync();
        var echoed = new MemoryStream();
        await other.Transport.Input.CopyToAsync(echoed, TestMesh.Deadline);
        Assert.Equal(Hello, echoed.ToArray());
        Assert.Single(pool.Snapshot());
    }

    private static Task<TunnelConnection> ConnectAsync(RawServer server, byte[] early) =>
        server.Pool.ConnectAsync(server.Target, new TunnelConnectRequest("10.0.0.1:80", []) { Early = early }, TestMesh.Deadline).AsTask();
}
