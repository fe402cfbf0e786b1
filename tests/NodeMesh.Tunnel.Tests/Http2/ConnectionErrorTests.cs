using NodeMesh.Tunnel.Http2;
using static NodeMesh.Tunnel.Tests.Http2.RawPeer;

namespace NodeMesh.Tunnel.Tests.Http2;

/// <summary>What ends the whole connection, by RFC 9113; each case is sent after an open stream 1.</summary>
public sealed class ConnectionErrorTests
{
    private static readonly Dictionary<string, (Func<RawPeer, byte[]> Bytes, uint Code)> Cases = new()
    {
        ["4.2 frame above the limit"] = (_ => [0x10, 0x00, 0x01, 0, 0, 0, 0, 0, 1], 0x6),
        ["4.3 broken header block"] = (_ => Frame(FrameType.Headers, 0x4, 3, [0x80]), 0x9),
        ["5.1 DATA on idle"] = (_ => Frame(FrameType.Data, 0, 99, [1]), 0x1),
        ["5.1 RST_STREAM on idle"] = (_ => Frame(FrameType.RstStream, 0, 99, UInt32(8)), 0x1),
        ["5.1 WINDOW_UPDATE on idle"] = (_ => Frame(FrameType.WindowUpdate, 0, 99, UInt32(8)), 0x1),
        ["5.1.1 even stream"] = (p => p.ConnectHeaders(2), 0x1),
        ["6.1 DATA on stream 0"] = (_ => Frame(FrameType.Data, 0, 0, [1]), 0x1),
        ["6.1 padding as long as the frame"] = (_ => Frame(FrameType.Data, 0x8, 1, [4, 0, 0, 0]), 0x1),
        ["6.2 HEADERS on stream 0"] = (p => p.ConnectHeaders(0), 0x1),
        ["6.2 HEADERS without room for priority"] = (_ => Frame(FrameType.Headers, 0x24, 3, [0, 0, 0]), 0x6),
        ["6.3 PRIORITY on stream 0"] = (_ => Frame(FrameType.Priority, 0, 0, new byte[5]), 0x1),
        ["6.4 RST_STREAM on stream 0"] = (_ => Frame(FrameType.RstStream, 0, 0, UInt32(8)), 0x1),
        ["6.4 RST_STREAM of 3 bytes"] = (_ => Frame(FrameType.RstStream, 0, 1, new byte[3]), 0x6),
        ["6.5 SETTINGS on stream 1"] = (_ => Frame(FrameType.Settings, 0, 1, []), 0x1),
        ["6.5 SETTINGS of 5 bytes"] = (_ => Frame(FrameType.Settings, 0, 0, new byte[5]), 0x6),
        ["6.5 SETTINGS ack with payload"] = (_ => Frame(FrameType.Settings, 1, 0, new byte[6]), 0x6),
        ["6.5.2 ENABLE_PUSH 2"] = (_ => Frame(FrameType.Settings, 0, 0, [0, 2, 0, 0, 0, 2]), 0x1),
        ["6.5.2 INITIAL_WINDOW_SIZE 2^31"] = (_ => Frame(FrameType.Settings, 0, 0, [0, 4, 0x80, 0, 0, 0]), 0x3),
        ["6.5.2 MAX_FRAME_SIZE 16383"] = (_ => Frame(FrameType.Settings, 0, 0, [0, 5, 0, 0, 0x3f, 0xff]), 0x1),
        ["6.5.2 MAX_FRAME_SIZE 2^24"] = (_ => Frame(FrameType.Settings, 0, 0, [0, 5, 1, 0, 0, 0]), 0x1),
        ["6.7 PING on stream 1"] = (_ => Frame(FrameType.Ping, 0, 1, new byte[8]), 0x1),
        ["6.7 PING of 7 bytes"] = (_ => Frame(FrameType.Ping, 0, 0, new byte[7]), 0x6),
        ["6.8 GOAWAY on stream 1"] = (_ => Frame(FrameType.GoAway, 0, 1, new byte[8]), 0x1),
        ["6.9 WINDOW_UPDATE of 3 bytes"] = (_ => Frame(FrameType.WindowUpdate, 0, 1, new byte[3]), 0x6),
        ["6.9 zero increment of the connection"] = (_ => Frame(FrameType.WindowUpdate, 0, 0, UInt32(0)), 0x1),
        ["6.9.1 connection window overflows"] = (_ => Frame(FrameType.WindowUpdate, 0, 0, UInt32(0x7fffffff)), 0x3),
        ["6.9.2 settings overflow a stream's window"] = (_ => [.. Frame(FrameType.WindowUpdate, 0, 1, UInt32(1000)), .. Frame(FrameType.Settings, 0, 0, [0, 4, 0x7f, 0xff, 0xff, 0xff])], 0x3),
        ["6.10 CONTINUATION without HEADERS"] = (_ => Frame(FrameType.Continuation, 0x4, 1, []), 0x1),
        ["6.10 block interrupted by PING"] = (_ => [.. Frame(FrameType.Headers, 0, 3, []), .. Frame(FrameType.Ping, 0, 0, new byte[8])], 0x1),
        ["6.10 block interrupted by another stream"] = (_ => [.. Frame(FrameType.Headers, 0, 3, []), .. Frame(FrameType.Continuation, 0x4, 5, [])], 0x1),
        ["5.5 block interrupted by an unknown frame"] = (_ => [.. Frame(FrameType.Headers, 0, 3, []), .. Frame((FrameType)0x42, 0, 3, [])], 0x1),
        ["8.4 PUSH_PROMISE"] = (_ => Frame(FrameType.PushPromise, 0x4, 1, UInt32(2)), 0x1),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Server_BrokenRule_AnswersGoAwayAndCloses(string name)
    {
        var (bytes, code) = Cases[name];
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        Assert.Equal("200", await peer.ReadStatusAsync(1));

        await peer.SendAsync(bytes(peer));

        Assert.Equal((Http2ErrorCode)code, await peer.ReadGoAwayAsync());
        while (await peer.ReadAsync() is not null)
        {
        }

        await TestMesh.WaitForAsync(() => mesh.Server.ActiveTunnels == 0, "the tunnel is gone");
    }

    [Fact]
    public async Task Server_FirstFrameIsNotSettings_AnswersGoAway()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh, begin: false);
        await peer.SendAsync([.. Http2Constants.Preface, .. Frame(FrameType.Ping, 0, 0, new byte[8])]);
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.ReadGoAwayAsync());
    }

    [Fact]
    public async Task Server_NoPreface_AnswersGoAway()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh, begin: false);
        await peer.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.ReadGoAwayAsync());
    }

    [Fact]
    public async Task Server_HeadersOnAStreamThatBothEnded_AnswersStreamClosed()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        await peer.SendAsync(FrameType.Data, 0x1, 1);
        await peer.ReadUntilAsync(FrameType.Data, 1);
        await peer.SendAsync(peer.ConnectHeaders(1));
        Assert.Equal(Http2ErrorCode.StreamClosed, await peer.ReadGoAwayAsync());
    }
}
