using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace NodeMesh.Grpc;

/// <summary>One served call: checks, deadline, and the way from an outcome to a status.</summary>
internal static partial class GrpcServerCall
{
    public static async Task RunAsync(HttpContext http, string method, GrpcServerOptions options, Func<GrpcServerContext, CancellationToken, Task> body)
    {
        if (http.Request.ContentType?.StartsWith(GrpcWire.ContentType, StringComparison.OrdinalIgnoreCase) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        Prepare(http);
        if (!TryReadDeadline(http, out var deadline))
        {
            Finish(http, GrpcStatusCode.Internal, "grpc-timeout is not 1 to 8 digits and a unit");
            return;
        }

        using var timer = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, http.RequestAborted);
        var (code, detail) = await InvokeAsync(http, method, () => body(new GrpcServerContext(http, method, deadline), linked.Token), timer.Token);
        if (!http.RequestAborted.IsCancellationRequested)
        {
            Finish(http, code, detail);
        }
    }

    private static async Task<(GrpcStatusCode Code, string Detail)> InvokeAsync(HttpContext http, string method, Func<Task> body, CancellationToken deadline)
    {
        try
        {
            await body();
            return (GrpcStatusCode.Ok, "");
        }
        catch (GrpcException e)
        {
            return (e.Code, e.Detail);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return (GrpcStatusCode.DeadlineExceeded, "the deadline passed");
        }
        catch (OperationCanceledException)
        {
            return (GrpcStatusCode.Cancelled, "the call was cancelled");
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException)
        {
            // The client's end: nobody is left to be told.
            return (GrpcStatusCode.Unavailable, "the connection broke");
        }
        catch (Exception e)
        {
            var factory = http.RequestServices?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            LogFailure(factory.CreateLogger("NodeMesh.Grpc"), method, e);
            return (GrpcStatusCode.Unknown, "the server failed; its log says why");
        }
    }

    private static void Prepare(HttpContext http)
    {
        // A stream may be silent for hours and carry any amount in all: each message has its own limit.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        http.Response.ContentType = GrpcWire.ContentType;
    }

    private static bool TryReadDeadline(HttpContext http, out TimeSpan? deadline)
    {
        deadline = null;
        if (!http.Request.Headers.TryGetValue(GrpcWire.TimeoutHeader, out var values))
        {
            return true;
        }

        if (!GrpcWire.TryDecodeTimeout(values.ToString(), out var timeout))
        {
            return false;
        }

        // Timers hold about 49 days; a longer deadline is none.
        deadline = timeout < TimeSpan.FromDays(40) ? timeout : null;
        return true;
    }

    private static void Finish(HttpContext http, GrpcStatusCode code, string detail)
    {
        var status = ((int)code).ToString(CultureInfo.InvariantCulture);
        var message = GrpcWire.EncodeMessage(detail);
        if (!http.Response.HasStarted)
        {
            // "Trailers-Only" (PROTOCOL-HTTP2.md): one header block that also ends the stream.
            http.Response.Headers[GrpcWire.StatusHeader] = status;
            if (message.Length > 0)
            {
                http.Response.Headers[GrpcWire.MessageHeader] = message;
            }

            return;
        }

        http.Response.AppendTrailer(GrpcWire.StatusHeader, status);
        if (message.Length > 0)
        {
            http.Response.AppendTrailer(GrpcWire.MessageHeader, message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogFailure(ILogger logger, string method, Exception exception);
}
