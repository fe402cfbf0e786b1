using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel;

/// <summary>The client side: shares tunnels between the connections of one identity to one far end.</summary>
public sealed class TunnelPool : IAsyncDisposable
{
    /// <summary>Makes an empty pool.</summary>
    /// <param name="certificates">Where the certificates of source identities come from.</param>
    /// <param name="dial">Opens a connected TCP socket; the pool owns it from then on.</param>
    /// <param name="options">Sizes, limits and times.</param>
    /// <param name="time">The clock of keepalives and idle times.</param>
    /// <param name="log">The log.</param>
    public TunnelPool(ICertificateSource certificates, Func<IPEndPoint, CancellationToken, ValueTask<Socket>> dial, TunnelOptions options, TimeProvider time, ILoggerFactory log)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(dial);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
    }

    /// <summary>Opens a connection through a tunnel to <paramref name="target"/>, making one where none has room.</summary>
    /// <param name="target">The far end.</param>
    /// <param name="request">What to ask of it.</param>
    /// <param name="ct">Gives up waiting; a tunnel being dialled for others goes on.</param>
    /// <returns>The connection, after the far end answered 2xx.</returns>
    /// <exception cref="TunnelException">It failed; the reason says where.</exception>
    public ValueTask<TunnelConnection> ConnectAsync(TunnelTarget target, TunnelConnectRequest request, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>All tunnels, as they are now.</summary>
    /// <returns>One entry per tunnel.</returns>
    public IReadOnlyList<TunnelInfo> Snapshot() => throw new NotImplementedException();

    /// <summary>Stops using every tunnel to an endpoint: they take no new streams and close when their last stream ends.</summary>
    /// <param name="endpoint">The far end.</param>
    public void Evict(IPEndPoint endpoint) => throw new NotImplementedException();

    /// <summary>As <see cref="Evict(IPEndPoint)"/>, for every port of an address.</summary>
    /// <param name="address">The far end's address.</param>
    public void Evict(IPAddress address) => throw new NotImplementedException();

    /// <summary>Closes every tunnel and its streams.</summary>
    /// <returns>When all are closed.</returns>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
