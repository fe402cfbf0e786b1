using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Readiness;

/// <summary>Whether the proxy is ready: it is when no check is pending. Not ready again once it drains.</summary>
/// <param name="checks">The checks.</param>
internal sealed class ReadinessState(IEnumerable<IReadinessCheck> checks)
{
    private readonly IReadinessCheck[] _checks = [.. checks];
    private volatile bool _draining;

    /// <summary>True when nothing is pending.</summary>
    public bool IsReady => Pending().Count == 0;

    /// <summary>What is pending: name of the check and what is missing.</summary>
    public IReadOnlyDictionary<string, string> Pending()
    {
        var pending = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var check in _checks)
        {
            if (check.Pending() is { } missing)
            {
                pending[check.Name] = missing;
            }
        }

        if (_draining)
        {
            pending["drain"] = "the proxy is stopping";
        }

        return pending;
    }

    /// <summary>Says that the proxy is stopping.</summary>
    public void StartDraining() => _draining = true;

    /// <summary>Adds <c>/healthz/ready</c>: 200 when ready, else 503 and one line per pending check.</summary>
    /// <param name="routes">Where to.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/healthz/ready", context =>
    {
        var pending = Pending();
        context.Response.StatusCode = pending.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        var text = pending.Count == 0 ? "ready\n" : string.Concat(pending.Select(p => $"{p.Key}: {p.Value}\n"));
        return context.Response.WriteAsync(text, context.RequestAborted);
    });
}
