using System.Net;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Proxy.Http.Sniffing;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>Gives the HTTP engine its connections: they come from the L4 pipeline, not from a port.</summary>
internal sealed class EngineListenerFactory : IConnectionListenerFactory, IAsyncDisposable
{
    private readonly EngineListener _http1 = new(new EngineEndPoint(WireProtocol.Http1));
    private readonly EngineListener _http2 = new(new EngineEndPoint(WireProtocol.Http2));

    /// <summary>Where the engine is told to listen.</summary>
    public IEnumerable<EngineEndPoint> EndPoints => [(EngineEndPoint)_http1.EndPoint, (EngineEndPoint)_http2.EndPoint];

    /// <summary>Hands a connection to the engine.</summary>
    /// <param name="connection">The connection; disposed by the engine.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <returns>False when the engine takes no more.</returns>
    public bool TryHandOver(ConnectionContext connection, WireProtocol protocol) => Of(protocol).TryAdd(connection);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(Of(((EngineEndPoint)endpoint).Protocol));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _http1.DisposeAsync();
        await _http2.DisposeAsync();
    }

    private EngineListener Of(WireProtocol protocol) => protocol == WireProtocol.Http2 ? _http2 : _http1;
}
