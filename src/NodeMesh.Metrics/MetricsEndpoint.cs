using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace NodeMesh.Metrics;

/// <summary>Serves a registry over HTTP.</summary>
public static class MetricsEndpoint
{
    /// <summary>Content type of <see cref="MetricsFormat.PrometheusText"/>.</summary>
    public const string PrometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Content type of <see cref="MetricsFormat.OpenMetrics"/>.</summary>
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>Maps GET on some paths: OpenMetrics where the client accepts it, compressed where the client accepts gzip.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="registry">The metrics.</param>
    /// <param name="paths">The paths, such as <c>/metrics</c>.</param>
    public static void MapMetrics(this IEndpointRouteBuilder routes, MetricRegistry registry, params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            routes.MapGet(path, context => ServeAsync(context, registry));
        }
    }

    private static async Task ServeAsync(HttpContext context, MetricRegistry registry)
    {
        var format = Accepts(context.Request.Headers.Accept.ToString(), "application/openmetrics-text") ? MetricsFormat.OpenMetrics : MetricsFormat.PrometheusText;
        var text = new ArrayBufferWriter<byte>(64 * 1024);
        registry.Write(text, format);
        var response = context.Response;
        response.ContentType = format == MetricsFormat.OpenMetrics ? OpenMetricsContentType : PrometheusContentType;
        response.Headers.Vary = "Accept, Accept-Encoding";
        if (!Accepts(context.Request.Headers.AcceptEncoding.ToString(), "gzip"))
        {
            response.ContentLength = text.WrittenCount;
            await response.Body.WriteAsync(text.WrittenMemory, context.RequestAborted);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest);
        await gzip.WriteAsync(text.WrittenMemory, context.RequestAborted);
    }

    /// <summary>True when a header's list (RFC 9110 section 12.5) names the wanted token and does not weigh it with zero.</summary>
    private static bool Accepts(string header, string wanted)
    {
        foreach (var range in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (string.Equals(parts[0], wanted, StringComparison.OrdinalIgnoreCase))
            {
                return !parts.Skip(1).Any(p => p is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
            }
        }

        return false;
    }
}
