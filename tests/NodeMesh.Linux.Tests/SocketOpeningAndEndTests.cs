using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Linux.Tests;

/// <summary>The first bytes of a connection without a wait, and the last ones together with the end.</summary>
[Collection(nameof(WholeProcess))]
public sealed class SocketOpeningAndEndTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task TryReadNow_BeforeThePeerSpeaks_FindsNothingAndHoldsNothing()
    {
        await using var pair = await ConnectedPair.CreateAsync();

        Assert.False(pair.Connection.TryReadNow(out _));

        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact(Timeout = 30_000)]
    public async Task TryReadNow_AfterThePeerSpoke_GivesWhatTheNextReadGivesAgainUnlessConsumed()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Peer.SendAsync("hello"u8.ToArray(), Deadline);

        Assert.True(pair.Connection.TryReadNow(out var first));
        Assert.Equal("hello"u8.ToArray(), first.Buffer.ToArray());
        var input = pair.Connection.Transport.Input;
        input.AdvanceTo(first.Buffer.Start);
        var again = await input.ReadAsync(Deadline);
        Assert.Equal("hello"u8.ToArray(), again.Buffer.ToArray());
        input.AdvanceTo(again.Buffer.End);
        await pair.Peer.SendAsync("more"u8.ToArray(), Deadline);
        var more = await input.ReadAsync(Deadline);
        Assert.Equal("more"u8.ToArray(), more.Buffer.ToArray());
        input.AdvanceTo(more.Buffer.End);
    }

    [Fact(Timeout = 30_000)]
    public async Task TryReadNow_AfterThePeersReset_Throws()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Dispose();

        Assert.Throws<ConnectionResetException>(() => pair.Connection.TryReadNow(out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task TryReadNow_UnderAnotherTransport_LeavesTheBytesToIt()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Peer.SendAsync("hello"u8.ToArray(), Deadline);
        pair.Connection.Transport = new OtherTransport();

        Assert.False(pair.Connection.TryReadNow(out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_OfAPeerThatSpokeAndClosed_GivesBytesAndEndTogether()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        await pair.Peer.SendAsync("bye"u8.ToArray(), Deadline);
        pair.Peer.Shutdown(SocketShutdown.Send);

        var read = await pair.Connection.Transport.Input.ReadAsync(Deadline);

        Assert.Equal("bye"u8.ToArray(), read.Buffer.ToArray());
        Assert.True(read.IsCompleted);
        pair.Connection.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact(Timeout = 30_000)]
    public async Task Write_WhoseEndFollows_WaitsForItAndBothArrive()
    {
        await using var pair = await ConnectedPair.CreateAsync();
        pair.Connection.ExpectEnd();
        await pair.Connection.Transport.Output.WriteAsync("last words"u8.ToArray(), Deadline);
        await pair.Connection.Transport.Output.CompleteAsync();

        Assert.Equal("last words", await ReadToEndAsync(pair.Peer));
    }

    [Fact(Timeout = 30_000)]
    public async Task Write_WhoseEndIsTheClose_ArrivesWholeBeforeIt()
    {
        var payload = new byte[3 * 1024 * 1024];
        Random.Shared.NextBytes(payload);
        await using var pair = await ConnectedPair.CreateAsync();
        pair.Connection.ExpectEnd();
        var writing = pair.Connection.Transport.Output.WriteAsync(payload, Deadline).AsTask().ContinueWith(_ => pair.Connection.DisposeAsync().AsTask(), TaskScheduler.Default).Unwrap();

        var received = new byte[payload.Length + 1];
        var filled = 0;
        while (await pair.Peer.ReceiveAsync(received.AsMemory(filled), Deadline) is > 0 and var count)
        {
            filled += count;
        }

        await writing;
        Assert.Equal(payload.Length, filled);
        Assert.True(payload.AsSpan().SequenceEqual(received.AsSpan(0, filled)));
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, Deadline) is > 0 and var count)
        {
            text.Append(System.Text.Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private sealed class OtherTransport : IDuplexPipe
    {
        private readonly Pipe _pipe = new();

        public PipeReader Input => _pipe.Reader;

        public PipeWriter Output => _pipe.Writer;
    }
}
