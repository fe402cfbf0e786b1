using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>
/// Writes a stream's data. <see cref="WriteAsync"/> sends from the caller's memory and ends when it is no longer needed, which
/// is when the peer's window and the connection have taken all of it. A buffer is held between GetMemory and flush only.
/// </summary>
internal sealed class TunnelPipeWriter(Http2Stream stream) : PipeWriter
{
    private const int MinBuffer = 4096;

    private byte[]? _buffer;
    private int _filled;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _filled;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfCompleted();
        var wanted = Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, MinBuffer));
        }
        else if (_buffer.Length - _filled < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _filled + wanted));
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_filled);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _filled);
        _filled += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        if (_filled == 0)
        {
            // Tells a writer of nothing, too, that the stream is gone.
            return stream.WriteAsync(default, cancellationToken);
        }

        return FlushBufferAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        return _filled == 0 ? stream.WriteAsync(source, cancellationToken) : FlushAndWriteAsync(source, cancellationToken);
    }

    /// <summary>Nothing to cancel: a flush that waits is cancelled by its token.</summary>
    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        if (exception is null && _filled > 0)
        {
            _ = FlushBufferAsync(CancellationToken.None).AsTask().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
        }

        End(exception);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (!_completed && exception is null && _filled > 0)
        {
            await FlushAsync();
        }

        if (!_completed)
        {
            End(exception);
        }
    }

    private void End(Exception? exception)
    {
        _completed = true;
        ReturnBuffer();
        if (exception is null)
        {
            stream.EndWriting();
        }
        else
        {
            stream.Reset(Http2ErrorCode.Cancel, exception as ConnectionAbortedException ?? new ConnectionAbortedException("the writer was completed with an error", exception));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushBufferAsync(CancellationToken ct)
    {
        // Taken out first: the stream owns the memory until the write ends, even if the writer is completed meanwhile.
        var buffer = _buffer!;
        var filled = _filled;
        _buffer = null;
        _filled = 0;
        try
        {
            return await stream.WriteAsync(buffer.AsMemory(0, filled), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushAndWriteAsync(ReadOnlyMemory<byte> source, CancellationToken ct)
    {
        await FlushBufferAsync(ct);
        return await stream.WriteAsync(source, ct);
    }

    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _filled = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException("the writer is completed");
        }
    }
}
