using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Metrics.Logging;

/// <summary><c>/logging</c>: GET shows the log levels, POST with <c>?level=debug</c>, <c>?CATEGORY=debug</c> or <c>?reset</c> changes them.</summary>
public static class LogLevelEndpoint
{
    /// <summary>Adds the routes.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="levels">The levels.</param>
    public static void MapLogLevels(this IEndpointRouteBuilder routes, LogLevels levels)
    {
        routes.MapGet("/logging", context => ShowAsync(context, levels));
        routes.MapPost("/logging", context => SetAsync(context, levels));
    }

    private static Task ShowAsync(HttpContext context, LogLevels levels) =>
        context.Response.WriteAsJsonAsync(levels.Snapshot(), context.RequestAborted);

    private static Task SetAsync(HttpContext context, LogLevels levels)
    {
        // All are checked before any is set: a half-applied request would be hard to see.
        var settings = context.Request.Query.Select(q => (q.Key, Value: q.Value.ToString())).ToList();
        if (settings.Count == 0)
        {
            return RefuseAsync(context, "say what to set: ?level=debug, ?NodeMesh.Tunnel=debug or ?reset\n");
        }

        foreach (var (key, value) in settings.Where(s => s.Key != "reset"))
        {
            if (!LogLevels.TryParse(value, out _))
            {
                return RefuseAsync(context, $"'{value}' for {key} is not a level: use trace, debug, info, warn, error or off\n");
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
                Set(levels, key, level);
            }
        }

        return ShowAsync(context, levels);
    }

    private static void Set(LogLevels levels, string key, LogLevel level)
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

    private static Task RefuseAsync(HttpContext context, string text)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
