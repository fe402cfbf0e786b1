using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NodeMesh.Linux.Transport;

/// <summary>Writes a socket without a pipe between: <see cref="WriteAsync"/> sends from the caller's memory, <see cref="GetMemory"/> lends pooled buffers until the flush.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing to release.")]
internal sealed class SocketPipeWriter(SocketConnection connection, ISegmentPool pool) : PipeWriter
{
    private readonly List<byte[]> _full = [];
    private readonly List<int> _fullLengths = [];
    private readonly Lock _gate = new();
    private byte[]? _current;
    private int _length;
    private long _unflushed;
    private bool _isCompleted;
    private bool _cancelPending;
    private CancellationTokenSource? _cancelFlush;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _unflushed;

    /// <summary>True once the user has completed the writer.</summary>
    internal bool IsCompleted => _isCompleted;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfCompleted();
        if (_current is not null && _current.Length - _length >= Math.Max(sizeHint, 1))
        {
            return _current.AsMemory(_length);
        }

        if (_current is not null)
        {
            Seal();
        }

        _current = pool.Rent(Math.Max(sizeHint, _full.Count == 0 ? PooledSegments.SmallSize : PooledSegments.LargeSize));
        return _current;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_current is null || bytes < 0 || _length + bytes > _current.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "more than the memory that was lent");
        }

        _length += bytes;
        _unflushed += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        return _unflushed == 0 && !_cancelPending ? default : SendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        if (_unflushed > 0 || _cancelPending || cancellationToken.IsCancellationRequested || source.Length == 0)
        {
            return SendAsync(source, cancellationToken);
        }

        // Most sends fit the socket's buffer: no state machine then.
        var sent = connection.Socket.Send(source.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == source.Length)
        {
            return default;
        }

        if (error is SocketError.Success or SocketError.WouldBlock)
        {
            return SendAsync(source[(error == SocketError.Success ? sent : 0)..], cancellationToken);
        }

        return ValueTask.FromException<FlushResult>(SocketErrors.Translate(new SocketException((int)error), connection.AbortReason));
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _cancelPending = true;
            _cancelFlush?.Cancel();
        }
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        // Without waiting there is only one try; bytes that do not fit make the end an abort, never a silent loss.
        if (exception is null && _unflushed > 0 && !TrySendNow())
        {
            exception = new IOException("the writer was completed with unflushed bytes that the socket did not take at once");
        }

        Finish(exception);
    }

    /// <inheritdoc/>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        try
        {
            if (exception is null && _unflushed > 0)
            {
                await SendAsync(ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            }
        }
        finally
        {
            Finish(exception);
        }
    }

    /// <summary>Gives the buffers back; only when no flush is pending.</summary>
    internal void Release()
    {
        foreach (var array in _full)
        {
            pool.Return(array);
        }

        _full.Clear();
        _fullLengths.Clear();
        if (_current is not null)
        {
            pool.Return(_current);
            _current = null;
        }

        _length = 0;
        _unflushed = 0;
    }

    private void Seal()
    {
        _full.Add(_current!);
        _fullLengths.Add(_length);
        _current = null;
        _length = 0;
    }

    private void Finish(Exception? exception)
    {
        _isCompleted = true;
        Release();
        connection.WriterCompleted(exception);
    }

    private bool TrySendNow()
    {
        if (_current is not null)
        {
            Seal();
        }

        for (var i = 0; i < _full.Count; i++)
        {
            var sent = connection.Socket.Send(_full[i].AsSpan(0, _fullLengths[i]), SocketFlags.None, out var error);
            if (error != SocketError.Success || sent < _fullLengths[i])
            {
                return false;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> last, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            var cancel = ArmCancel();
            await using var registration = ct.UnsafeRegister(static state => ((SocketPipeWriter)state!).CancelSend(), this);
            if (_unflushed > 0)
            {
                Seal();
                for (var i = 0; i < _full.Count; i++)
                {
                    await connection.Socket.SendAsync(_full[i].AsMemory(0, _fullLengths[i]), SocketFlags.None, cancel);
                }

                Release();
            }

            if (last.Length > 0)
            {
                await connection.Socket.SendAsync(last, SocketFlags.None, cancel);
            }

            return default;
        }
        catch (OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            lock (_gate)
            {
                _cancelPending = false;
            }

            return new FlushResult(isCanceled: true, isCompleted: false);
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            throw SocketErrors.Translate(e, connection.AbortReason);
        }
    }

    private CancellationToken ArmCancel()
    {
        lock (_gate)
        {
            if (_cancelFlush is null || !_cancelFlush.TryReset())
            {
                _cancelFlush = new CancellationTokenSource();
            }

            if (_cancelPending)
            {
                _cancelFlush.Cancel();
            }

            return _cancelFlush.Token;
        }
    }

    private void CancelSend()
    {
        lock (_gate)
        {
            _cancelFlush?.Cancel();
        }
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("writing is not allowed after the writer was completed");
        }
    }
}
