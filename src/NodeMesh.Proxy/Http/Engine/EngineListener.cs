using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>A listener whose connections are handed to it.</summary>
/// <param name="endPoint">Its name.</param>
internal sealed class EngineListener(EngineEndPoint endPoint) : IConnectionListener
{
    // Bounded by the connections of the node's pods, which admission limits.
    private readonly Channel<ConnectionContext> _queue = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>Hands a connection over.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>False when the listener is closed.</returns>
    public bool TryAdd(ConnectionContext connection) => _queue.Writer.TryWrite(connection);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_queue.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _queue.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
