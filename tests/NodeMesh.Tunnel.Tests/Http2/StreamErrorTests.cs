using NodeMesh.Tunnel.Http2;
using static NodeMesh.Tunnel.Tests.Http2.RawPeer;

namespace NodeMesh.Tunnel.Tests.Http2;

/// <summary>What ends one stream and leaves the connection alive.</summary>
public sealed class StreamErrorTests
{
    private static readonly Dictionary<string, (string Name, string Value)[]> Malformed = new()
    {
        ["no method"] = [(":authority", "10.0.0.1:80")],
        ["CONNECT without authority"] = [(":method", "CONNECT")],
        ["CONNECT with scheme"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), (":scheme", "https")],
        ["CONNECT with path"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), (":path", "/")],
        ["GET without path"] = [(":method", "GET"), (":authority", "x"), (":scheme", "https")],
        ["two methods"] = [(":method", "CONNECT"), (":method", "CONNECT"), (":authority", "10.0.0.1:80")],
        ["unknown pseudo-header"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), (":protocol", "x")],
        ["response pseudo-header"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), (":status", "200")],
        ["pseudo-header after regular"] = [(":method", "CONNECT"), ("a", "b"), (":authority", "10.0.0.1:80")],
        ["upper case"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), ("Forwarded", "x")],
        ["line break in a value"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), ("a", "b\r\nc: d")],
        ["connection-specific"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), ("connection", "close")],
        ["te"] = [(":method", "CONNECT"), (":authority", "10.0.0.1:80"), ("te", "gzip")],
    };

    public static TheoryData<string> Names => [.. Malformed.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Server_MalformedRequest_ResetsTheStreamOnly(string name)
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.SendAsync(FrameType.Headers, 0x4, 1, peer.Encode(Malformed[name]));
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.ReadResetAsync(1));
        await peer.OpenAsync(3);
        Assert.Equal("200", await peer.ReadStatusAsync(3));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("[::1:80")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("user@host:80")]
    [InlineData(":80")]
    [InlineData("fd00::1:80")]
    public async Task Server_UnparsableAuthority_Answers400(string authority)
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.SendAsync(peer.ConnectHeaders(1, authority));
        Assert.Equal("400", await peer.ReadStatusAsync(1));
        Assert.Equal(Http2ErrorCode.NoError, await peer.ReadResetAsync(1));
    }

    [Theory]
    [InlineData("[fd00::1]:80")]
    [InlineData("web.shop.svc.cluster.local:8080")]
    [InlineData("10.0.0.1:65535")]
    public async Task Server_ValidAuthority_ReachesTheHandler(string authority)
    {
        var seen = new TaskCompletionSource<string>();
        await using var mesh = new TestMesh(async r =>
        {
            seen.SetResult(r.Authority);
            await r.RejectAsync(503, "test", default);
        });
        await using var peer = await ConnectAsync(mesh);
        await peer.SendAsync(peer.ConnectHeaders(1, authority));
        Assert.Equal("503", await peer.ReadStatusAsync(1));
        Assert.Equal(authority, await seen.Task);
    }

    [Fact]
    public async Task Server_GetRequest_Answers400()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.SendAsync(FrameType.Headers, 0x5, 1, peer.Encode((":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "x")));
        Assert.Equal("400", await peer.ReadStatusAsync(1));
    }

    [Fact]
    public async Task Server_DataAfterEndStream_ResetsWithStreamClosed()
    {
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            await WaitForEverAsync(c.ConnectionClosed);
        });
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        await peer.SendAsync(FrameType.Data, 0x1, 1, 1);
        await peer.SendAsync(FrameType.Data, 0, 1, 2);
        Assert.Equal(Http2ErrorCode.StreamClosed, await peer.ReadResetAsync(1));
    }

    [Theory]
    [InlineData(0u, 0x1u)]
    [InlineData(0x7fffffffu, 0x3u)]
    public async Task Server_BadStreamWindowUpdate_ResetsTheStream(uint increment, uint expected)
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        await peer.ReadStatusAsync(1);
        await peer.SendAsync(FrameType.WindowUpdate, 0, 1, UInt32(increment));
        Assert.Equal((Http2ErrorCode)expected, await peer.ReadResetAsync(1));
        await peer.OpenAsync(3);
        Assert.Equal("200", await peer.ReadStatusAsync(3));
    }

    [Fact]
    public async Task Server_PriorityOfWrongLength_ResetsTheStream()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        await peer.SendAsync(FrameType.Priority, 0, 1, new byte[4]);
        Assert.Equal(Http2ErrorCode.FrameSizeError, await peer.ReadResetAsync(1));
    }

    [Fact]
    public async Task Server_HarmlessFrames_AreIgnored()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.SendAsync((FrameType)0x42, 0xff, 7, new byte[5000]);
        await peer.SendAsync(FrameType.Priority, 0, 9, new byte[5]);
        await peer.SendAsync(FrameType.Settings, 0, 0, 0x12, 0x34, 0, 0, 0, 1);
        await peer.OpenAsync(1);
        Assert.Equal("200", await peer.ReadStatusAsync(1));
    }

    [Fact]
    public async Task Server_PaddedHeadersAndData_AreRead()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        var block = peer.Encode((":method", "CONNECT"), (":authority", "10.0.0.1:80"));
        await peer.SendAsync(FrameType.Headers, 0x4 | 0x8 | 0x20, 1, [3, 0, 0, 0, 0, 16, .. block, 0, 0, 0]);
        Assert.Equal("200", await peer.ReadStatusAsync(1));
        await peer.SendAsync(FrameType.Data, 0x8 | 0x1, 1, [2, 42, 43, 0, 0]);
        Assert.Equal([42, 43], (await peer.ReadUntilAsync(FrameType.Data, 1)).Payload);
    }

    [Fact]
    public async Task Server_HeadersInContinuations_AreJoined()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        var block = peer.Encode((":method", "CONNECT"), (":authority", "10.0.0.1:80"), ("baggage", new string('b', 100)));
        await peer.SendAsync(FrameType.Headers, 0, 1, block[..3]);
        await peer.SendAsync(FrameType.Continuation, 0, 1, block[3..10]);
        await peer.SendAsync(FrameType.Continuation, 0x4, 1, block[10..]);
        Assert.Equal("200", await peer.ReadStatusAsync(1));
    }

    private static async Task WaitForEverAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }
}
