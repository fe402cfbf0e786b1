using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodeMesh.Proxy.Readiness;

namespace NodeMesh.Proxy.Admin;

/// <summary>The admin endpoint, on loopback alone: what it shows names every workload, and <c>/quitquitquit</c> ends the proxy.</summary>
/// <param name="sources">The proxy's state.</param>
/// <param name="readiness">Readiness, for the dump.</param>
/// <param name="levels">Log levels.</param>
/// <param name="stop">Stops the proxy in order.</param>
internal sealed class AdminEndpoints(AdminSources sources, ReadinessState readiness, LogLevels levels, Action stop)
{
    private const string Index =
        """
        NodeMesh node proxy

        GET  /config_dump                     all that this proxy knows, as JSON
        GET  /certificates                    certificates of this node's identities
        GET  /connections                     live connections
        GET  /tunnels                         tunnels that this proxy opened
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
        routes.MapGet("/logging", context => JsonAsync(context, levels.Snapshot()));
        routes.MapPost("/logging", SetLevelsAsync);
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

    private Task SetLevelsAsync(HttpContext context)
    {
        // All are checked before any is set: a half-applied request would be hard to see.
        var settings = context.Request.Query.Select(q => (q.Key, Value: q.Value.ToString())).ToList();
        if (settings.Count == 0)
        {
            return TextAsync(context, StatusCodes.Status400BadRequest, "say what to set: ?level=debug, ?NodeMesh.Tunnel=debug or ?reset\n");
        }

        foreach (var (key, value) in settings.Where(s => s.Key != "reset"))
        {
            if (!LogLevels.TryParse(value, out _))
            {
                return TextAsync(context, StatusCodes.Status400BadRequest, $"'{value}' for {key} is not a level: use trace, debug, info, warn, error or off\n");
            }
        }

        foreach (var (key, value) in settings)
        {
            if (key == "reset")
            {
                levels.Reset();
            }
            else if (LogLevels.TryParse(value, out var level))
            {
                Set(key, level);
            }
        }

        return JsonAsync(context, levels.Snapshot());
    }

    private void Set(string key, Microsoft.Extensions.Logging.LogLevel level)
    {
        if (key == "level")
        {
            levels.SetDefault(level);
        }
        else
        {
            levels.Set(key, level);
        }
    }

    private async Task QuitAsync(HttpContext context)
    {
        await TextAsync(context, StatusCodes.Status200OK, "draining\n");
        await context.Response.CompleteAsync();
        stop();
    }
}
