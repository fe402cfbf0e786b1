using System.Net.Sockets;
using System.Runtime.CompilerServices;
using NodeMesh.Linux.Events;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// A connected socket as a stream, for those that need one (TLS): it waits by an event loop, receives up to 64 KiB at once, and, while
/// <see cref="IsBuffering"/>, gathers what is written until it is flushed. A stream that waits holds no buffer. One reader and one writer at a time.
/// </summary>
public sealed class SocketStream : Stream
{
    /// <summary>Bytes received without a wait after which the reader lets the loop's other connections have their turn.</summary>
    private const int TurnBytes = 512 * 1024;

    private readonly Socket _socket;
    private SocketReadiness _readiness;
    private byte[]? _in;
    private int _inStart;
    private int _inEnd;
    private long _turn;
    private bool _expectsData;
    private byte[]? _out;
    private int _outLength;
    private int _isClosed;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; from now on the stream's.</param>
    public SocketStream(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        socket.Blocking = false;
        _readiness = new SocketReadiness((int)socket.Handle, EventLoopGroup.Shared.Next());
        RunsInline = false;
    }

    /// <summary>The loop that waits for the socket.</summary>
    public EventLoop Loop => _readiness.Loop;

    /// <summary>Whether what is written is kept until a flush, or until there is much of it.</summary>
    public bool IsBuffering { get; set; }

    /// <summary>Whether those that waited go on in the loop's thread; false where they have long work to do, as in a handshake.</summary>
    public bool RunsInline
    {
        get => !_readiness.Readable.RunsElsewhere;
        set => (_readiness.Readable.RunsElsewhere, _readiness.Writable.RunsElsewhere) = (!value, !value);
    }

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

    /// <summary>Lets another loop wait for the socket from now on. While nothing is being read or written.</summary>
    /// <param name="loop">The loop.</param>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public void MoveTo(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        if (loop == Loop)
        {
            return;
        }

        // A new registration tells at once of what is there already (epoll_ctl(2)).
        var left = _readiness;
        var runsInline = RunsInline;
        _readiness = new SocketReadiness((int)_socket.Handle, loop);
        RunsInline = runsInline;
        left.Close();
    }

    /// <summary>Reads; into no memory, waits until there is something to read.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes; 0 at the end.</returns>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inStart < _inEnd ? new ValueTask<int>(Take(buffer.Span)) : FillAndTakeAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsBuffering)
        {
            return _outLength == 0 ? SendAsync(buffer, cancellationToken) : SendBothAsync(buffer, cancellationToken);
        }

        _out ??= PooledSegments.Shared.Rent(PooledSegments.LargeSize);
        if (buffer.Length > _out.Length - _outLength)
        {
            return SendBothAsync(buffer, cancellationToken);
        }

        buffer.Span.CopyTo(_out.AsSpan(_outLength));
        _outLength += buffer.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_outLength == 0)
        {
            return Task.CompletedTask;
        }

        var sending = SendBufferAsync(cancellationToken);
        return sending.IsCompletedSuccessfully ? Task.CompletedTask : sending.AsTask();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a thread of an event loop must not wait");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a thread of an event loop must not wait");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            // In this order: a closed descriptor's number may be another connection's. Buffers stay out of the pool: the loop may be filling one.
            _readiness.Close();
            _socket.Dispose();
            _readiness.WakeReader();
            _readiness.WakeWriter();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAndTakeAsync(Memory<byte> buffer, CancellationToken ct)
    {
        if ((_expectsData || _readiness.IsHungUp) && _turn < TurnBytes && TryFill())
        {
            return Take(buffer.Span);
        }

        await using var registration = ct.UnsafeRegister(static state => ((SocketReadiness)state!).WakeReader(), _readiness);
        do
        {
            if (_turn >= TurnBytes)
            {
                Loop.Schedule(_readiness.Readable);
            }

            await _readiness.Readable.WaitAsync();
            _turn = 0;
            ct.ThrowIfCancellationRequested();
        }
        while (!TryFill());
        return Take(buffer.Span);
    }

    /// <summary>Receives. False when nothing is there; true with nothing received at the end.</summary>
    private bool TryFill()
    {
        var array = PooledSegments.Shared.Rent(PooledSegments.LargeSize);
        var count = 0;
        try
        {
            count = _socket.Receive(array, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                _expectsData = false;
                return false;
            }

            ThrowIfFailed(error);
        }
        finally
        {
            if (count == 0)
            {
                PooledSegments.Shared.Return(array);
            }
        }

        // epoll(7): a stream that gave less than was asked for is empty, and more of it raises a new edge.
        _expectsData = count == array.Length;
        _turn += count;
        if (count > 0)
        {
            (_in, _inStart, _inEnd) = (array, 0, count);
        }

        return true;
    }

    private int Take(Span<byte> to)
    {
        var count = Math.Min(to.Length, _inEnd - _inStart);
        if (count > 0)
        {
            _in.AsSpan(_inStart, count).CopyTo(to);
            _inStart += count;
            if (_inStart == _inEnd)
            {
                PooledSegments.Shared.Return(_in!);
                (_in, _inStart, _inEnd) = (null, 0, 0);
            }
        }

        return count;
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        // Most sends fit the socket's buffer: no state machine then.
        var sent = TrySend(bytes.Span);
        return sent == bytes.Length ? ValueTask.CompletedTask : SendRestAsync(bytes[sent..], ct);
    }

    private ValueTask SendBufferAsync(CancellationToken ct)
    {
        var sent = TrySend(_out.AsSpan(0, _outLength));
        if (sent < _outLength)
        {
            return SendRestOfBufferAsync(sent, ct);
        }

        ReleaseOut();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestOfBufferAsync(int sent, CancellationToken ct)
    {
        await SendRestAsync(_out.AsMemory(sent, _outLength - sent), ct);
        ReleaseOut();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendBothAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (_outLength > 0)
        {
            // Filled up first: full sends are the cheaper ones.
            var fitting = Math.Min(bytes.Length, _out!.Length - _outLength);
            bytes.Span[..fitting].CopyTo(_out.AsSpan(_outLength));
            _outLength += fitting;
            bytes = bytes[fitting..];
            await SendBufferAsync(ct);
        }

        if (IsBuffering && bytes.Length < PooledSegments.LargeSize)
        {
            await WriteAsync(bytes, ct);
            return;
        }

        await SendAsync(bytes, ct);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await using var registration = ct.UnsafeRegister(static state => ((SocketReadiness)state!).WakeWriter(), _readiness);
        while (!bytes.IsEmpty)
        {
            // send(2) took less than all: the kernel raises an edge once there is room.
            await _readiness.Writable.WaitAsync();
            ct.ThrowIfCancellationRequested();
            bytes = bytes[TrySend(bytes.Span)..];
        }
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return 0;
        }

        ThrowIfFailed(error);
        return sent;
    }

    private void ReleaseOut()
    {
        PooledSegments.Shared.Return(_out!);
        (_out, _outLength) = (null, 0);
    }

    private static void ThrowIfFailed(SocketError error)
    {
        if (error != SocketError.Success)
        {
            var cause = new SocketException((int)error);
            throw new IOException(cause.Message, cause);
        }
    }
}
