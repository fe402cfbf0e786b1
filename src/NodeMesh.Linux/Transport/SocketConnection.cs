using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Linux.Events;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// A connected TCP socket as a connection: reading ends with the peer's FIN and leaves writing alive, completing the writer sends ours and leaves
/// reading alive, an abort sends RST. Nothing runs in the background, and an idle connection holds no buffer.
/// </summary>
public sealed class SocketConnection : ConnectionContext, IDuplexPipe
{
    private static long _lastId;

    private readonly Lock _gate = new();
    private readonly SocketPipeReader _reader;
    private readonly SocketPipeWriter _writer;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe? _transport;
    private CancellationTokenSource? _closed;
    private CancellationToken? _closedOverride;
    private string? _id;
    private SocketForwarder? _borrower;
    private SocketReadiness? _readiness;
    private EventLoop? _loop;
    private bool _isGone;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; from now on the connection's.</param>
    public SocketConnection(Socket socket)
        : this(socket, PooledSegments.Shared)
    {
    }

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; from now on the connection's.</param>
    /// <param name="pool">Where buffers come from.</param>
    public SocketConnection(Socket socket, ISegmentPool pool)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(pool);
        Socket = socket;
        // Reads and writes try first and wait only when the kernel says so.
        socket.Blocking = false;
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }

        RemoteEndPoint = Plain(socket.RemoteEndPoint);
        LocalEndPoint = Plain(socket.LocalEndPoint);
        _reader = new SocketPipeReader(this, pool);
        _writer = new SocketPipeWriter(this, pool);
    }

    /// <summary>The socket, for its options; reading or writing it directly breaks the connection.</summary>
    public Socket Socket { get; }

    /// <summary>Why this side aborted; null when it did not.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= "tcp-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport
    {
        get => _transport ?? this;
        set => _transport = value;
    }

    /// <inheritdoc/>
    public PipeReader Input => _reader;

    /// <inheritdoc/>
    public PipeWriter Output => _writer;

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            lock (_gate)
            {
                if (_closedOverride is { } token)
                {
                    return token;
                }

                if (_closed is null)
                {
                    _closed = new CancellationTokenSource();
                    if (_isGone)
                    {
                        _closed.Cancel();
                    }
                }

                return _closed.Token;
            }
        }

        set => _closedOverride = value;
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        Leave(abortReason);
    }

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("the connection was aborted"));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Leave(null);
        _reader.Release();
        if (!_writer.IsCompleted)
        {
            _writer.Complete(new ConnectionAbortedException("the connection was disposed"));
        }

        return base.DisposeAsync();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ConnectionId} {RemoteEndPoint} -> {LocalEndPoint}";

    /// <summary>Lends the socket to a forwarder, which alone reads and writes it until it gives it back.</summary>
    /// <param name="borrower">The forwarder.</param>
    /// <returns>False when the connection is gone, is wrapped by another transport, or was read or written in part.</returns>
    internal bool TryLend(SocketForwarder borrower)
    {
        if (_transport is not null || !_reader.IsUnused || !_writer.IsUnused)
        {
            return false;
        }

        lock (_gate)
        {
            if (_isGone || _borrower is not null)
            {
                return false;
            }

            _borrower = borrower;
            _readiness?.Close();
            _readiness = null;
            return true;
        }
    }

    /// <summary>Takes the socket back, and closes it if that was asked for meanwhile.</summary>
    internal void GiveBack()
    {
        bool isGone;
        lock (_gate)
        {
            _borrower = null;
            isGone = _isGone;
        }

        if (isGone)
        {
            CloseSocket();
        }
    }

    /// <summary>Lets a loop wait for the socket and run what follows: the one whose thread the other end of the traffic lives on. Before the first read or write.</summary>
    /// <param name="loop">The loop.</param>
    public void Prefer(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        lock (_gate)
        {
            _loop ??= loop;
        }
    }

    /// <summary>Tells when the socket is ready; from the first wait on.</summary>
    /// <returns>The same one each time.</returns>
    /// <exception cref="ObjectDisposedException">The connection is gone.</exception>
    internal SocketReadiness Watch()
    {
        if (_readiness is { } readiness)
        {
            return readiness;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isGone, this);
            return _readiness ??= new SocketReadiness(Socket, _loop ?? EventLoopGroup.Shared.Near());
        }
    }

    /// <summary>Wakes a read that waits.</summary>
    internal void WakeReader() => _readiness?.WakeReader();

    /// <summary>Wakes a write that waits.</summary>
    internal void WakeWriter() => _readiness?.WakeWriter();

    internal void ReaderCompleted(Exception? exception)
    {
        if (exception is not null)
        {
            Abort(exception as ConnectionAbortedException ?? new ConnectionAbortedException(exception.Message, exception));
        }
    }

    internal void WriterCompleted(Exception? exception)
    {
        if (exception is not null)
        {
            Abort(exception as ConnectionAbortedException ?? new ConnectionAbortedException(exception.Message, exception));
            return;
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            // Reset meanwhile: the reader finds out.
        }
    }

    private static EndPoint? Plain(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;

    /// <summary>Closes the socket, or asks whoever has it to give it back first: a descriptor that is closed while the loop uses it may be another connection's by then.</summary>
    private void Leave(ConnectionAbortedException? reason)
    {
        SocketForwarder? borrower;
        lock (_gate)
        {
            if (_isGone)
            {
                return;
            }

            _isGone = true;
            AbortReason = reason;
            borrower = _borrower;
        }

        if (borrower is null)
        {
            CloseSocket();
        }
        else
        {
            borrower.Stop();
        }
    }

    private void CloseSocket()
    {
        if (AbortReason is not null)
        {
            try
            {
                // Closing with linger 0 sends RST and forgets what is unsent (tcp(7), SO_LINGER).
                Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (SocketErrors.IsSocketFailure(e))
            {
                // The peer was faster: nothing is left to reset.
            }
        }

        SocketReadiness? readiness;
        lock (_gate)
        {
            readiness = _readiness;
        }

        // First: a closed descriptor's number may be another connection's when its registration is taken away.
        readiness?.Close();
        Socket.Dispose();
        readiness?.WakeReader();
        readiness?.WakeWriter();
        lock (_gate)
        {
            if (_closed is not null)
            {
                // Callbacks may be long, and the caller may hold locks.
                ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
            }
        }
    }
}
