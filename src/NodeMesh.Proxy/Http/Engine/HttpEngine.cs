using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Sniffing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>Kestrel's HTTP/1 and HTTP/2 over captured connections. Started by the first of them: a node none of whose traffic is looked at as requests pays nothing.</summary>
/// <param name="pipeline">What is done with requests.</param>
/// <param name="state">The model.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class HttpEngine(RequestHandler pipeline, MeshState state, TimeProvider time, ILoggerFactory log) : IAsyncDisposable
{
    /// <summary>Envoy's limit of a request's headers.</summary>
    private const int HeaderBytes = 60 * 1024;

    /// <summary>Envoy's idle time of a connection.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromHours(1);

    private static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(60);

    private readonly EngineListenerFactory _connections = new();
    private readonly EngineMemoryPool _memory = new();
    private readonly SemaphoreSlim _starting = new(1);
    private volatile KestrelServer? _server;
    private volatile bool _isStopped;

    /// <summary>Serves a connection to its end.</summary>
    /// <param name="captured">The captured connection; stays the caller's.</param>
    /// <param name="mesh">What is known of it.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="cancellationToken">Gives up before it is served.</param>
    /// <returns>When the engine has let go of it.</returns>
    public async Task ServeAsync(ConnectionContext captured, MeshConnection mesh, WireProtocol protocol, CancellationToken cancellationToken)
    {
        if (_server is null)
        {
            await StartAsync(cancellationToken);
        }

        var connection = new EngineConnection(captured, mesh, _memory);
        mesh.Record.OnCloseRequested(() =>
        {
            mesh.End(mesh.Record.CloseReason, mesh.Record.DescribeClose());
            connection.Abort(new ConnectionAbortedException(mesh.Record.DescribeClose()));
        });
        if (_isStopped || !_connections.TryHandOver(connection, protocol))
        {
            mesh.End(ConnectionEndReason.ProxyShutdown, "the proxy stops");
            return;
        }

        await connection.Ended;
        if (connection.AbortReason is { } reason)
        {
            mesh.End(ConnectionEndReason.ClientReset, reason.Message);
        }
    }

    /// <summary>Tells clients that no more requests are taken (GOAWAY, <c>Connection: close</c>), and lets open ones end.</summary>
    /// <param name="cancellationToken">Cuts what is still open.</param>
    /// <returns>When all has ended.</returns>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopped = true;
        if (_server is { } server)
        {
            await server.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _server?.Dispose();
        await _connections.DisposeAsync();
        _memory.Dispose();
        _starting.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_server is null)
            {
                var server = new KestrelServer(Options.Create(CreateOptions()), _connections, log);
                await server.StartAsync(new RequestApplication(pipeline, state, time, log.CreateLogger<RequestApplication>()), cancellationToken);
                _server = server;
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private KestrelServerOptions CreateOptions()
    {
        // A line that ends without CR is read in two ways by two servers (RFC 9112 section 2.2 lets them choose), which is what smuggling takes.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowHostHeaderOverride = true,
            RequestHeaderEncodingSelector = RequestHeaderEncoding.Of,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        var limits = options.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestLineSize = HeaderBytes;
        limits.KeepAliveTimeout = IdleLimit;
        limits.RequestHeadersTimeout = HeadersLimit;
        limits.Http2.MaxStreamsPerConnection = 1024;
        limits.Http2.MaxRequestHeaderFieldSize = HeaderBytes;
        limits.Http2.InitialStreamWindowSize = 256 * 1024;
        limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        foreach (var endPoint in _connections.EndPoints)
        {
            options.Listen(endPoint, listen => listen.Protocols = endPoint.Protocol == WireProtocol.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        }

        return options;
    }
}
