using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Transport;

/// <summary>Accepts <see cref="SocketConnection"/>s from a socket that somebody else made, bound and set listening, in whatever network namespace.</summary>
public sealed class SocketConnectionListener : IConnectionListener
{
    /// <summary>How long accepting rests when no descriptor is free: the queue keeps the peers, and a busy loop would keep the processor from those who could free some.</summary>
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly ISegmentPool _pool;
    private readonly TimeProvider _time;
    private readonly Action<SocketConnection>? _accepted;
    private readonly Lock _gate = new();
    private SocketReadiness? _readiness;
    private bool _isUnbound;
    private long _exhausted;

    /// <summary>Takes over a listening socket.</summary>
    /// <param name="boundListeningSocket">Bound and listening; from now on the listener's.</param>
    public SocketConnectionListener(Socket boundListeningSocket)
        : this(boundListeningSocket, PooledSegments.Shared, TimeProvider.System)
    {
    }

    /// <summary>Takes over a listening socket.</summary>
    /// <param name="boundListeningSocket">Bound and listening; from now on the listener's.</param>
    /// <param name="pool">Where the connections' buffers come from.</param>
    /// <param name="time">The clock of the pause after running out of descriptors.</param>
    /// <param name="accepted">Sees each connection before the one who accepts does; null for nobody.</param>
    public SocketConnectionListener(Socket boundListeningSocket, ISegmentPool pool, TimeProvider time, Action<SocketConnection>? accepted = null)
    {
        ArgumentNullException.ThrowIfNull(boundListeningSocket);
        _socket = boundListeningSocket;
        _pool = pool;
        _time = time;
        _accepted = accepted;
        EndPoint = boundListeningSocket.LocalEndPoint!;
        if (boundListeningSocket.ProtocolType == ProtocolType.Tcp)
        {
            // Accepted sockets have it from here, without a call for each.
            boundListeningSocket.NoDelay = true;
        }
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>How often accepting found no free descriptor or memory; a proxy that sees it rise is overloaded.</summary>
    public long ExhaustedCount => Interlocked.Read(ref _exhausted);

    /// <summary>The next connection.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A <see cref="SocketConnection"/>; null once the listener is unbound.</returns>
    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_readiness is null || cancellationToken.IsCancellationRequested)
        {
            return WaitAsync(cancellationToken);
        }

        // Under a storm of new connections the next one is there: no state machine and nothing to cancel then.
        try
        {
            return Accept(out _) is { } connection ? new ValueTask<ConnectionContext?>(connection) : WaitAsync(cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            return default;
        }
    }

    private async ValueTask<ConnectionContext?> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            var readiness = Watch();
            await using var registration = cancellationToken.UnsafeRegister(static state => ((SocketReadiness)state!).WakeReader(), readiness);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Accept(out var error) is { } connection)
                {
                    return connection;
                }

                switch (error)
                {
                    case EventCalls.ErrorAgain:
                        await readiness.Readable.WaitAsync();
                        break;
                    case EventCalls.ErrorInvalid:
                        // Shut down.
                        return null;
                    case EventCalls.ErrorTooManyInProcess or EventCalls.ErrorTooManyInSystem or EventCalls.ErrorNoBuffers or EventCalls.ErrorOutOfMemory:
                        Interlocked.Increment(ref _exhausted);
                        await Task.Delay(ExhaustedPause, _time, cancellationToken);
                        break;
                    default:
                        // accept(2): a connection that died in the queue reports its own error here; the listener is sound.
                        break;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _isUnbound = true;
        }

        // First: a closed descriptor's number may be another socket's when its registration is taken away.
        _readiness?.Close();
        _socket.Dispose();
        _readiness?.WakeReader();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private SocketReadiness Watch()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isUnbound, this);
            if (_readiness is null)
            {
                _socket.Blocking = false;
                _readiness = new SocketReadiness((int)_socket.Handle, EventLoopGroup.Shared.Next());
            }

            return _readiness;
        }
    }

    /// <summary>The next connection that waits; null with an error number when there is none, null with 0 when it has gone meanwhile.</summary>
    private unsafe SocketConnection? Accept(out int error)
    {
        var name = stackalloc byte[SocketNames.Room];
        var length = SocketNames.Room;
        var descriptor = EventCalls.Accept(_socket.SafeHandle, name, &length, EventCalls.AcceptFlags);
        if (descriptor < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return null;
        }

        error = 0;
        var handle = new SocketDescriptor(descriptor);
        try
        {
            if (SocketNames.Read(new ReadOnlySpan<byte>(name, Math.Min(length, SocketNames.Room))) is { } remote)
            {
                var connection = new SocketConnection(handle, remote, _pool);
                _accepted?.Invoke(connection);
                return connection;
            }
        }
        catch (SocketException)
        {
            // Reset meanwhile: it takes no option any more.
        }

        handle.Dispose();
        return null;
    }
}
