using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NodeMesh.TestPeer;

/// <summary>An HTTP application that fails, waits and counts as it is told: HTTP/1.1 on its port, HTTP/2 with prior knowledge on the next.</summary>
internal static class WebServer
{
    private static readonly ConcurrentDictionary<string, int> Calls = new();
    private static volatile bool _isIll;

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
        app.Run(context => AnswerAsync(context, name));
        await app.RunAsync();
        return 0;
    }

    private static Task AnswerAsync(HttpContext context, string name)
    {
        var (path, response) = (context.Request.Path.Value!, context.Response);
        var key = context.Request.Query["key"].ToString();
        return path switch
        {
            "/sum" => SumAsync(context),
            "/health" => TellHealthAsync(response),
            "/ill" or "/well" => ChangeHealthAsync(response, path == "/ill"),
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
        response.StatusCode = _isIll ? 503 : 200;
        return response.WriteAsync(_isIll ? "ill" : "well");
    }

    /// <summary>What is ill still answers everything else as before.</summary>
    private static Task ChangeHealthAsync(HttpResponse response, bool isIll)
    {
        _isIll = isIll;
        return TellHealthAsync(response);
    }

    /// <summary>Who answers, what was asked, and how often that was done.</summary>
    private static Task SayAsync(HttpContext context, string name, string key)
    {
        Calls.AddOrUpdate(key, 1, (_, n) => n + 1);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return context.Response.WriteAsync($"{name} {context.Request.Protocol} {context.Request.Method} {target} {context.Request.Headers.Host}");
    }

    private static Task FailAsync(HttpContext context, string key, int times)
    {
        context.Response.StatusCode = Calls.AddOrUpdate(key, 1, (_, n) => n + 1) <= times ? 503 : 200;
        return context.Response.WriteAsync($"try {context.Request.Headers["x-envoy-attempt-count"]}");
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
