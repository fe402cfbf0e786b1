using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>An HTTP application of a pod.</summary>
internal sealed class HttpServerApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Socket _socket;
    private int _connections;

    private HttpServerApp(WebApplication app, Socket socket) => (_app, _socket) = (app, socket);

    /// <summary>TCP connections that it got.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static async Task<HttpServerApp> StartAsync(TestPod pod, RequestDelegate handler, HttpProtocols protocols = HttpProtocols.Http1, int port = 8080, Action<HttpsConnectionAdapterOptions>? tls = null)
    {
        var socket = await pod.ListenAsync(port);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        HttpServerApp? made = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.ListenHandle((ulong)socket.Handle, listen =>
            {
                listen.Protocols = protocols;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref made!._connections);
                    return next(connection);
                });
                if (tls is not null)
                {
                    listen.UseHttps(tls);
                }
            });
        });
        var app = builder.Build();
        app.Run(handler);
        made = new HttpServerApp(app, socket);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _socket.Dispose();
    }
}
