using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Upstream;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class Http2RequestFramesTests
{
    private const byte Headers = 1;
    private const byte Continuation = 9;
    private const byte EndHeaders = 4;

    private readonly ConcurrentDictionary<long, RequestBody> _bodies = [];

    [Fact]
    public void Mark_AcrossTwoFrames_IsTakenOutOfTheBlock()
    {
        var frames = new Http2RequestFrames(_bodies, isSecure: false);
        _bodies[7] = Body();
        byte[] block = [0x83, .. Mark(7), 0x86];

        for (var cut = 0; cut <= block.Length; cut++)
        {
            var stream = (2 * cut) + 1;
            var edited = frames.Edit(Join(Frame(Headers, 0, stream, block[..cut]), Frame(Continuation, EndHeaders, stream, block[cut..])));

            Assert.Equal(Frame(Headers, EndHeaders, stream, [0x83, 0x86]), edited!.WrittenSpan.ToArray());
        }

        Assert.Equal(block.Length + 1, frames.Streams);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PartOfAFrame_IsNotSent(bool isHead)
    {
        var frames = new Http2RequestFrames(_bodies, isSecure: false);
        var whole = Frame(Headers, isHead ? (byte)0 : EndHeaders, 1, Mark(7));

        Assert.Throws<IOException>(() => frames.Edit(isHead ? whole : whole.AsSpan(0, whole.Length - 1)));
    }

    [Fact]
    public void Streams_ThatTheEndpointReset_AreForgottenWithTheirRequests()
    {
        var frames = new Http2RequestFrames(_bodies, isSecure: false);
        var alive = Body();
        _bodies[0] = alive;
        frames.Edit(Frame(Headers, EndHeaders, 1, Mark(0)));

        for (var i = 1; i <= 1000; i++)
        {
            var body = Body();
            _bodies[i] = body;
            frames.Edit(Frame(Headers, EndHeaders, (2 * i) + 1, Mark(i)));
            body.Dispose();
        }

        Assert.InRange(frames.Streams, 1, 300);
        alive.Dispose();
    }

    private static RequestBody Body() => new(PipeReader.Create(new ReadOnlySequence<byte>()), keepLimit: 0, isGrpc: false);

    private static byte[] Mark(long id) =>
        [0, (byte)Http2RequestFrames.MarkName.Length, .. Encoding.ASCII.GetBytes(Http2RequestFrames.MarkName), 16, .. Encoding.ASCII.GetBytes(Http2RequestFrames.ValueOf(id))];

    private static byte[] Join(byte[] first, byte[] second) => [.. first, .. second];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, (byte)(stream >> 8), (byte)stream, .. payload];
}
