using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Control.Hosting;

/// <summary>
/// Keeps answers that tell of policies, and orders, from everybody but callers on the control plane's own machine or in its pod: the port is open to whoever scrapes metrics. The API
/// server's port-forward, which asks for rights, ends in the pod.
/// </summary>
internal static class LocalCallers
{
    /// <summary>Guards paths.</summary>
    /// <param name="application">The server.</param>
    /// <param name="paths">The paths, with all below them.</param>
    public static void Guard(WebApplication application, params string[] paths) => application.Use(async (context, next) =>
    {
        if (!paths.Any(p => context.Request.Path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase)) || IsLocal(context.Connection))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync("only callers on the control plane's own machine may ask this: use nodemesh, or kubectl port-forward\n", context.RequestAborted);
    });

    internal static bool IsLocal(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && (IPAddress.IsLoopback(remote) || remote.Equals(connection.LocalIpAddress));
}
