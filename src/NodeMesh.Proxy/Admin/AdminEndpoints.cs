using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodeMesh.Metrics.Logging;
using NodeMesh.Proxy.Readiness;
using NodeMesh.Proxy.Tap;

namespace NodeMesh.Proxy.Admin;

/// <summary>The admin endpoint, on loopback alone: what it shows names every workload, and <c>/quitquitquit</c> ends the proxy.</summary>
/// <param name="sources">The proxy's state.</param>
/// <param name="readiness">Readiness, for the dump.</param>
/// <param name="levels">Log levels.</param>
/// <param name="tap">Shows traffic as it comes.</param>
/// <param name="stop">Stops the proxy in order.</param>
internal sealed class AdminEndpoints(AdminSources sources, ReadinessState readiness, LogLevels levels, TapEndpoint tap, Action stop)
{
    private const string Index =
        """
        NodeMesh node proxy

        GET  /config_dump                     all that this proxy knows, as JSON
        GET  /certificates                    certificates of this node's identities
        GET  /connections                     live connections
        GET  /tunnels                         tunnels that this proxy opened
        GET  /tap?namespace=shop&workload=web connections and requests as they come, one JSON object a line; also pod, direction, peer,
                                              path, method, status, failed
        GET  /logging                         log levels
        POST /logging?level=debug             sets the level (trace, debug, info, warn, error, off)
        POST /logging?NodeMesh.Tunnel=debug   sets the level of a category
        POST /logging?reset                   levels as at the start
        POST /quitquitquit                    drains and ends the proxy

        """;

    /// <summary>Adds the routes.</summary>
    /// <param name="routes">Where to.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", context => TextAsync(context, StatusCodes.Status200OK, Index));
        routes.MapGet("/config_dump", context => JsonAsync(context, ConfigDump.Take(sources, readiness.Pending())));
        routes.MapGet("/certificates", context => JsonAsync(context, sources.Certificates()));
        routes.MapGet("/connections", context => JsonAsync(context, ConfigDump.TakeConnections(sources)));
        routes.MapGet("/tunnels", context => JsonAsync(context, ConfigDump.TakeTunnels(sources)));
        routes.MapLogLevels(levels);
        routes.MapGet("/tap", tap.ServeAsync);
        routes.MapPost("/quitquitquit", QuitAsync);
    }

    private static Task JsonAsync<T>(HttpContext context, T value)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, AdminJson.Options, context.RequestAborted);
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private async Task QuitAsync(HttpContext context)
    {
        await TextAsync(context, StatusCodes.Status200OK, "draining\n");
        await context.Response.CompleteAsync();
        stop();
    }
}
