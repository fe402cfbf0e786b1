using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using NodeMesh.Proxy.Http.Sniffing;
using NodeMesh.Proxy.Outbound;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class ClientHelloReaderTests
{
    [Fact]
    public async Task Hello_InAnyPieces_IsReadWhenItIsWhole()
    {
        var hello = await HelloAsync("Shop.Example.com");
        for (var length = 0; length < hello.Length; length++)
        {
            Assert.False(ClientHelloReader.TryRead(new ReadOnlySequence<byte>(hello, 0, length), out _), $"{length} of {hello.Length} bytes were enough");
        }

        Assert.True(ClientHelloReader.TryRead(new ReadOnlySequence<byte>(hello), out var read));
        Assert.Equal(new TlsHello(true, "shop.example.com"), read);
    }

    [Fact]
    public async Task Hello_InSeveralRecords_IsRead()
    {
        var hello = await HelloAsync("a.example.com");
        var half = (hello.Length - 5) / 2;
        byte[] split = [.. Record(hello.AsSpan(5, half)), .. Record(hello.AsSpan(5 + half))];

        Assert.True(ClientHelloReader.TryRead(new ReadOnlySequence<byte>(split), out var read));
        Assert.Equal("a.example.com", read.ServerName);
    }

    [Theory]
    [InlineData("47455420")]
    [InlineData("1603010000")]
    [InlineData("16030100040200000000")]
    [InlineData("160301000401ffffff")]
    public void OtherBytes_AreNoHello(string hex)
    {
        Assert.True(ClientHelloReader.TryRead(new ReadOnlySequence<byte>(Convert.FromHexString(hex)), out var read));
        Assert.False(read.IsTls);
    }

    [Fact]
    public async Task BrokenHellos_AreReadWithoutHarm()
    {
        var hello = await HelloAsync("a.example.com");
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var broken = (byte[])hello.Clone();
            for (var j = 0; j < 3; j++)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            _ = ClientHelloReader.TryRead(new ReadOnlySequence<byte>(broken), out var read);
            Assert.True(read.ServerName is null || read.IsTls);
        }
    }

    private static byte[] Record(ReadOnlySpan<byte> part) => [22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part];

    private static async Task<byte[]> HelloAsync(string name)
    {
        var sent = new Pipe();
        var silence = new Pipe();
        await using var stream = new SslStream(new Duplex(silence.Reader.AsStream(), sent.Writer.AsStream()));
        using var stop = new CancellationTokenSource();
        var handshake = stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, stop.Token);
        var read = await sent.Reader.ReadAtLeastAsync(64, stop.Token);
        var bytes = read.Buffer.ToArray();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake);
        return bytes;
    }

    private sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);
    }
}
