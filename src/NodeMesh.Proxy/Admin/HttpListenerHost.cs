using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Proxy.Admin;

/// <summary>One small HTTP/1.1 server: admin, readiness and metrics each have their own address.</summary>
internal sealed class HttpListenerHost : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private HttpListenerHost(WebApplication app, IPEndPoint address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where it listens; the port is the real one where 0 was asked for.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="listen">Where.</param>
    /// <param name="map">Adds the routes.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">The address is taken or not this machine's.</exception>
    public static async Task<HttpListenerHost> StartAsync(IPEndPoint listen, Action<IEndpointRouteBuilder> map, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Replace(ServiceDescriptor.Singleton(log));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = 256;
            options.Limits.MaxRequestBodySize = 64 * 1024;
            options.Listen(listen, l => l.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        try
        {
            app.UseRouting();
            map(app);
            app.UseEndpoints(static _ => { });
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var bound = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return new HttpListenerHost(app, new IPEndPoint(listen.Address, bound.Port));
    }

    /// <summary>Stops the server; requests under way get two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
