using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Linux.Transport;

/// <summary>Writes a socket without a pipe between: <see cref="WriteAsync"/> sends from the caller's memory, <see cref="GetMemory"/> lends pooled buffers until the flush.</summary>
internal sealed partial class SocketPipeWriter(SocketConnection connection, ISegmentPool pool) : PipeWriter
{
    private readonly List<byte[]> _full = [];
    private readonly List<int> _fullLengths = [];
    private readonly Lock _gate = new();
    private byte[]? _current;
    private int _length;
    private long _unflushed;
    private bool _isCompleted;
    private bool _isSending;
    private bool _cancelPending;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _unflushed;

    /// <summary>Set once the user completes the writer after what is written next.</summary>
    internal bool EndFollows { get; set; }

    /// <summary>True while nothing waits to be sent: the socket can be written past the writer without disorder.</summary>
    internal bool IsUnused
    {
        get
        {
            lock (_gate)
            {
                return _unflushed == 0 && _current is null && !_isSending && !_isCompleted && !_cancelPending;
            }
        }
    }

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
        if (_cancelPending || _full.Count > 0 || _isSending || cancellationToken.IsCancellationRequested)
        {
            return _unflushed == 0 && !_cancelPending ? default : SendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        }

        return _unflushed == 0 ? default : SendCurrent(cancellationToken);
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
        try
        {
            var sent = connection.Send(source.Span, EndFollows, out var error);
            return error switch
            {
                SocketError.Success when sent == source.Length => default,
                SocketError.Success => SendAsync(source[sent..], cancellationToken),
                SocketError.WouldBlock => SendAsync(source, cancellationToken),
                _ => throw new SocketException((int)error),
            };
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            return ValueTask.FromException<FlushResult>(SocketErrors.Translate(e, connection.AbortReason));
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _cancelPending = true;
        }

        connection.WakeWriter();
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

    /// <summary>Gives the buffers back after the socket was closed; what is unflushed is lost.</summary>
    internal void Abandon() => Discard();

    private void Release()
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
        Discard();
        connection.WriterCompleted(exception);
    }

    private void Discard()
    {
        bool isSending;
        lock (_gate)
        {
            _isCompleted = true;
            isSending = _isSending;
        }

        // A send that another thread is in still reads the buffers; it gives them back itself.
        if (!isSending)
        {
            Release();
        }
    }

    private bool TrySendNow()
    {
        if (_current is not null)
        {
            Seal();
        }

        for (var i = 0; i < _full.Count; i++)
        {
            var sent = connection.Send(_full[i].AsSpan(0, _fullLengths[i]), EndFollows, out var error);
            if (error != SocketError.Success || sent < _fullLengths[i])
            {
                return false;
            }
        }

        return true;
    }

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> last, CancellationToken ct) =>
        ct.IsCancellationRequested ? ValueTask.FromCanceled<FlushResult>(ct)
        : TryEnter() ? SendEnteredAsync(last, ct)
        : new ValueTask<FlushResult>(Canceled());

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendEnteredAsync(ReadOnlyMemory<byte> last, CancellationToken ct)
    {
        try
        {
            await using var registration = ct.UnsafeRegister(static state => ((SocketConnection)state!).WakeWriter(), connection);
            if (_unflushed > 0)
            {
                await SendBuffersAsync(ct);
            }

            if (last.Length > 0)
            {
                await SendAllAsync(last, ct);
            }

            return default;
        }
        catch (OperationCanceledException)
        {
            // How much of it was sent nobody knows: going on would leave a hole in the stream, or send a part twice.
            connection.Abort(new ConnectionAbortedException("a send was cancelled half-way"));
            ct.ThrowIfCancellationRequested();
            return Canceled();
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            throw SocketErrors.Translate(e, connection.AbortReason);
        }
        finally
        {
            Leave();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendBuffersAsync(CancellationToken ct)
    {
        if (_current is not null)
        {
            Seal();
        }

        for (var i = 0; i < _full.Count; i++)
        {
            await SendAllAsync(_full[i].AsMemory(0, _fullLengths[i]), ct);
        }

        Release();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (true)
        {
            var sent = connection.Send(bytes.Span, EndFollows, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                throw new SocketException((int)error);
            }

            bytes = error == SocketError.Success ? bytes[sent..] : bytes;
            if (bytes.IsEmpty)
            {
                return;
            }

            // send(2) took less than all: the kernel raises an edge once there is room.
            await connection.Watch().Writable.WaitAsync();
            ct.ThrowIfCancellationRequested();
            if (IsCancelPending)
            {
                throw new OperationCanceledException("the flush was cancelled");
            }
        }
    }

    private FlushResult Canceled()
    {
        lock (_gate)
        {
            _cancelPending = false;
            _isSending = false;
        }

        return new FlushResult(isCanceled: true, isCompleted: false);
    }

    private bool IsCancelPending
    {
        get
        {
            lock (_gate)
            {
                return _cancelPending;
            }
        }
    }

    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_isSending)
            {
                throw new InvalidOperationException("a write is already pending");
            }

            _isSending = true;
            return !_cancelPending;
        }
    }

    private void Leave()
    {
        bool isCompleted;
        lock (_gate)
        {
            _isSending = false;
            isCompleted = _isCompleted;
        }

        if (isCompleted)
        {
            Release();
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
