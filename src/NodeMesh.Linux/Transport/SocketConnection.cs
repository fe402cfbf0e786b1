using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// A connected TCP socket as a connection: reading ends with the peer's FIN and leaves writing alive, completing the writer sends ours and leaves
/// reading alive, an abort sends RST. Nothing runs in the background, and an idle connection holds no buffer.
/// </summary>
public sealed partial class SocketConnection : ConnectionContext, IDuplexPipe
{
    private static long _lastId;

    private readonly Lock _gate = new();
    private readonly ISegmentPool _pool;
    private SafeHandle _handle;
    private SocketPipeReader? _reader;
    private SocketPipeWriter? _writer;
    private Socket? _socket;
    private EndPoint? _localEndPoint;
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
        _socket = socket;
        _handle = socket.SafeHandle;
        _pool = pool;
        // Reads and writes try first and wait only when the kernel says so.
        socket.Blocking = false;
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }

        RemoteEndPoint = Plain(socket.RemoteEndPoint);
        _localEndPoint = Plain(socket.LocalEndPoint);
    }

    /// <summary>Takes over a connected socket without asking the kernel anything of it.</summary>
    /// <param name="descriptor">A TCP socket, non-blocking and without delay; from now on the connection's.</param>
    /// <param name="remote">Whom it is connected to; IPv4 in its plain form.</param>
    /// <param name="pool">Where buffers come from.</param>
    internal SocketConnection(SocketDescriptor descriptor, IPEndPoint remote, ISegmentPool pool)
    {
        _handle = descriptor;
        _pool = pool;
        RemoteEndPoint = remote;
    }

    /// <summary>The socket's descriptor, for its options; reading or writing it directly breaks the connection.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>Why this side aborted; null when it did not.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= "tcp-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new ConnectionFeatures();

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
    public PipeReader Input => Reader;

    /// <inheritdoc/>
    public PipeWriter Output => Writer;

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint
    {
        get => _localEndPoint ??= ReadLocalEndPoint();
        set => _localEndPoint = value;
    }

    /// <summary>The number of the socket's descriptor; for who has borrowed the connection.</summary>
    /// <exception cref="ObjectDisposedException">The connection is gone.</exception>
    internal int Descriptor
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            return (int)_handle.DangerousGetHandle();
        }
    }

    // A connection that a forwarder joins to another one is never read or written by these. They are made by one user at a time, as pipes are used.
    private SocketPipeReader Reader => _reader ??= new SocketPipeReader(this, _pool);

    private SocketPipeWriter Writer => _writer ??= new SocketPipeWriter(this, _pool);

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
    public override string ToString() => $"{ConnectionId} {RemoteEndPoint} -> {LocalEndPoint}";

    /// <summary>Lends the socket to a forwarder, which alone reads and writes it until it gives it back.</summary>
    /// <param name="borrower">The forwarder.</param>
    /// <returns>False when the connection is gone, is wrapped by another transport, or was read or written in part.</returns>
    internal bool TryLend(SocketForwarder borrower)
    {
        if (_transport is not null || _reader is { IsUnused: false } || _writer is { IsUnused: false })
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
            return _readiness ??= new SocketReadiness(Descriptor, _loop ?? EventLoopGroup.Shared.Near());
        }
    }

    /// <summary>Wakes a read that waits.</summary>
    internal void WakeReader() => _readiness?.WakeReader();

    /// <summary>Wakes a write that waits.</summary>
    internal void WakeWriter() => _readiness?.WakeWriter();

    /// <summary>Hands the socket over to the base library's class: for what works on the socket itself. Before anything was read or written.</summary>
    /// <returns>The socket, blocking; the same one each time. Closing the connection closes it, and it alone may be used from now on.</returns>
    /// <exception cref="SocketException">It was reset meanwhile.</exception>
    /// <exception cref="ObjectDisposedException">The connection is gone.</exception>
    public Socket Detach()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isGone, this);
            if (_socket is null)
            {
                _socket = ((SocketDescriptor)_handle).ToSocket();
                _handle = _socket.SafeHandle;
            }

            _socket.Blocking = true;
            return _socket;
        }
    }

    private IPEndPoint? ReadLocalEndPoint()
    {
        try
        {
            return _handle.GetLocalName();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private static EndPoint? Plain(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;
}
