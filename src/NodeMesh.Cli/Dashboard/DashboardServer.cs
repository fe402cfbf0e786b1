using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Dashboard;

/// <summary>
/// Serves the page on loopback, to this machine's users alone. It answers only to the names of loopback: a page of another origin whose name is pointed at 127.0.0.1 gets nothing.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication _app;

    private DashboardServer(WebApplication app) => _app = app;

    /// <summary>Where the page is.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts to serve.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="port">The port; 0: any free one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<DashboardServer> StartAsync(IMeshAccess mesh, int port, TimeProvider time, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            if (context.Request.Host.Host is not ("127.0.0.1" or "localhost"))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-store";
            await next(context);
        });
        app.MapGet("/", context => FileAsync(context, "page.html", "text/html; charset=utf-8"));
        app.MapGet("/page.js", context => FileAsync(context, "page.js", "text/javascript; charset=utf-8"));
        app.MapGet("/page.css", context => FileAsync(context, "page.css", "text/css; charset=utf-8"));
        app.MapGet("/api/mesh", async context => await context.Response.WriteAsJsonAsync(await DashboardState.TakeAsync(mesh, time, context.RequestAborted), Json, context.RequestAborted));
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new DashboardServer(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static async Task FileAsync(HttpContext context, string name, string type)
    {
        context.Response.ContentType = type;
        await using var file = typeof(DashboardServer).Assembly.GetManifestResourceStream($"NodeMesh.Cli.Dashboard.{name}")!;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
