using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Linux.Transport;

/// <summary>Accepts <see cref="SocketConnection"/>s from a socket that somebody else made, bound and set listening, in whatever network namespace.</summary>
public sealed class SocketConnectionListener : IConnectionListener
{
    /// <summary>How long accepting rests when no descriptor is free: the queue keeps the peers, and a busy loop would keep the processor from those who could free some.</summary>
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly ISegmentPool _pool;
    private readonly TimeProvider _time;
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
    public SocketConnectionListener(Socket boundListeningSocket, ISegmentPool pool, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(boundListeningSocket);
        _socket = boundListeningSocket;
        _pool = pool;
        _time = time;
        EndPoint = boundListeningSocket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>How often accepting found no free descriptor or memory; a proxy that sees it rise is overloaded.</summary>
    public long ExhaustedCount => Interlocked.Read(ref _exhausted);

    /// <summary>The next connection.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A <see cref="SocketConnection"/>; null once the listener is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await _socket.AcceptAsync(cancellationToken);
                if (TryWrap(accepted) is { } connection)
                {
                    return connection;
                }
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                Interlocked.Increment(ref _exhausted);
                await Task.Delay(ExhaustedPause, _time, cancellationToken);
            }
            catch (SocketException)
            {
                // accept(2): a connection that died in the queue reports its own error here; the listener is sound.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private SocketConnection? TryWrap(Socket accepted)
    {
        try
        {
            return new SocketConnection(accepted, _pool);
        }
        catch (SocketException)
        {
            // Reset between accept and getpeername.
            accepted.Dispose();
            return null;
        }
    }
}
