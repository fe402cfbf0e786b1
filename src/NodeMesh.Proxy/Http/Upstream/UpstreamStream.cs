using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>A connection of the L4 pipeline as the stream that the HTTP client wants. A read of no bytes waits until there is something, and holds no buffer meanwhile.</summary>
/// <param name="connection">The connection.</param>
/// <param name="mesh">What is known of it.</param>
/// <param name="closed">Told once when the stream is disposed.</param>
/// <param name="frames">Puts into frames of HTTP/2 what the client cannot say; null for HTTP/1.1.</param>
internal sealed class UpstreamStream(ConnectionContext connection, MeshConnection mesh, Action<MeshConnection> closed, Http2RequestFrames? frames = null) : Stream
{
    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;
    private readonly TransferCounters _bytes = mesh.Record.Bytes;
    private int _isClosed;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _input.ReadAsync(cancellationToken);
        while (read.Buffer.IsEmpty && !read.IsCompleted)
        {
            // Woken for nothing: zero would mean the end.
            _input.AdvanceTo(read.Buffer.End);
            read = await _input.ReadAsync(cancellationToken);
        }

        var taken = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        taken.CopyTo(buffer.Span);

        // Before the advance, which gives the segments away.
        var count = (int)taken.Length;
        _input.AdvanceTo(taken.End);
        _bytes.AddSent(count);
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (frames is not null)
        {
            buffer = frames.Edit(buffer.Span)?.WrittenMemory ?? buffer;
        }
        else if (AsteriskForm.Find(buffer.Span) is var replaced and > 0)
        {
            return WriteAsteriskAsync(buffer[replaced..]);
        }

        _bytes.AddReceived(buffer.Length);
        var write = _output.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully)
        {
            return WaitAsync(write);
        }

        _ = write.Result;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
        // Every write is sent at once.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            closed(mesh);
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteAsteriskAsync(ReadOnlyMemory<byte> rest)
    {
        _bytes.AddReceived(AsteriskForm.RequestLine.Length + rest.Length);
        await _output.WriteAsync(AsteriskForm.RequestLine);
        await _output.WriteAsync(rest);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WaitAsync(ValueTask<FlushResult> write) => await write;
}
