using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace NodeMesh.TestPeer;

/// <summary>An HTTP application that fails, waits and counts as it is told: HTTP/1.1 on its port, HTTP/2 with prior knowledge on the next.</summary>
internal static class WebServer
{
    private static readonly ConcurrentDictionary<string, int> Calls = new();
    private static readonly ConcurrentDictionary<string, string> Notes = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Holds = new();
    private static volatile int _illness;

    public static async Task<int> RunAsync(string name, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.ListenAnyIP(port, listen => listen.Protocols = HttpProtocols.Http1);
            options.ListenAnyIP(port + 1, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => AnswerAsync(context, name, app.Lifetime));
        await app.RunAsync();
        return 0;
    }

    private static Task AnswerAsync(HttpContext context, string name, IHostApplicationLifetime lifetime)
    {
        var (path, response) = (context.Request.Path.Value!, context.Response);
        var key = context.Request.Query["key"].ToString();
        return path switch
        {
            "/sum" => SumAsync(context),
            "/health" => TellHealthAsync(response),
            "/ill" => ChangeHealthAsync(response, context.Request.Query["status"] is [{ } status, ..] ? int.Parse(status) : StatusCodes.Status503ServiceUnavailable),
            "/well" => ChangeHealthAsync(response, 0),
            "/work" => WorkAsync(response, name),
            "/hold" => HoldAsync(context, key),
            "/release" => ReleaseAsync(response, key),
            "/until-stop" => WaitForStopAsync(context, key, lifetime.ApplicationStopping),
            "/notes" => response.WriteAsync(Notes.GetValueOrDefault(key, "")),
            "/status" => StatusAsync(response, int.Parse(context.Request.Query["code"]!)),
            "/grpc.health.v1.Health/Check" => GrpcEcho.TellHealthAsync(context, _illness == 0),
            "/count" => response.WriteAsync($"{Calls.GetValueOrDefault(key)}"),
            "/fail" => FailAsync(context, key, int.Parse(context.Request.Query["times"]!)),
            "/slow" => SlowAsync(context, key),
            "/headers" => response.WriteAsJsonAsync(context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString())),
            "/events" => SendEventsAsync(response),
            "/chat" => ChatAsync(context),
            _ when path.StartsWith("/peer.Echo/", StringComparison.Ordinal) => GrpcEcho.ServeAsync(context, path["/peer.Echo/".Length..]),
            _ => SayAsync(context, name, key),
        };
    }

    private static async Task SumAsync(HttpContext context) =>
        await context.Response.WriteAsync(Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.Body)));

    private static Task TellHealthAsync(HttpResponse response)
    {
        response.StatusCode = _illness == 0 ? StatusCodes.Status200OK : _illness;
        return response.WriteAsync(_illness == 0 ? "well" : "ill");
    }

    /// <summary>What is ill still answers everything but its work as before.</summary>
    private static Task ChangeHealthAsync(HttpResponse response, int status)
    {
        _illness = status;
        return response.WriteAsync(status == 0 ? "well" : "ill");
    }

    private static Task WorkAsync(HttpResponse response, string name)
    {
        response.StatusCode = _illness == 0 ? StatusCodes.Status200OK : _illness;
        return response.WriteAsync($"{name}\n");
    }

    private static Task StatusAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return response.WriteAsync($"{status}");
    }

    /// <summary>Waits until somebody asks to release it; with <c>fail</c> the first call with a key is answered 503 at once.</summary>
    private static async Task HoldAsync(HttpContext context, string key)
    {
        if (Calls.AddOrUpdate(key, 1, (_, n) => n + 1) == 1 && context.Request.Query.ContainsKey("fail"))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        await Holds.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("held");
    }

    private static Task ReleaseAsync(HttpResponse response, string key)
    {
        Holds.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return response.WriteAsync("released");
    }

    /// <summary>Answers once the application was told to stop.</summary>
    private static async Task WaitForStopAsync(HttpContext context, string key, CancellationToken stopping)
    {
        Calls.AddOrUpdate(key, 1, (_, n) => n + 1);
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await context.Response.WriteAsync("finished", CancellationToken.None);
    }

    /// <summary>Who answers, what was asked, and how often that was done.</summary>
    private static Task SayAsync(HttpContext context, string name, string key)
    {
        Calls.AddOrUpdate(key, 1, (_, n) => n + 1);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return context.Response.WriteAsync($"{name} {context.Request.Protocol} {context.Request.Method} {target} {context.Request.Headers.Host}");
    }

    /// <summary>The first calls with a key fail, once their body is there; notes how long each says that its answer is waited for.</summary>
    private static async Task FailAsync(HttpContext context, string key, int times)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        var expected = context.Request.Headers["x-envoy-expected-rq-timeout-ms"].ToString();
        Notes.AddOrUpdate(key, expected, (_, before) => $"{before} {expected}");
        if (Calls.AddOrUpdate(key, 1, (_, n) => n + 1) <= times)
        {
            // So that the next try can see that time has passed.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        await context.Response.WriteAsync($"try {context.Request.Headers["x-envoy-attempt-count"]}");
    }

    /// <summary>The first call with a key waits until it is given up.</summary>
    private static async Task SlowAsync(HttpContext context, string key)
    {
        if (Calls.AddOrUpdate(key, 1, (_, n) => n + 1) == 1)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await context.Response.WriteAsync($"try {context.Request.Headers["x-envoy-attempt-count"]}");
    }

    private static async Task SendEventsAsync(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        for (var i = 1; i <= 3; i++)
        {
            await response.WriteAsync($"data: {i}\n\n");
            await response.Body.FlushAsync();
        }
    }

    private static async Task ChatAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
