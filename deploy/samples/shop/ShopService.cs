using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace NodeMesh.Samples.Shop;

/// <summary>One service of the shop: it answers who called it, and calls others. It knows nothing of the mesh.</summary>
internal static class ShopService
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Serves until it is told to end.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code: 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (ShopOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(ShopOptions.Usage);
            return 2;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(options.Port));
        await using var app = builder.Build();

        // Each call opens a connection of its own, so that each is seen, balanced and authorised anew.
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false }) { Timeout = CallTimeout };
        app.MapGet("/", context => AnswerAsync(context, options, client, options.Calls));
        app.MapGet("/call", context => Uri.TryCreate(context.Request.Query["url"], UriKind.Absolute, out var url)
            ? AnswerAsync(context, options, client, [url])
            : RefuseAsync(context));
        app.MapGet("/healthz", () => Results.Ok());
        await app.StartAsync();
        Console.Out.WriteLine($"{options.Service}: listening on {options.Port}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, ShopOptions options, HttpClient client, IReadOnlyList<Uri> urls)
    {
        var caller = Caller(context.Connection);
        Console.Out.WriteLine($"{options.Service}: {context.Request.Method} {context.Request.Path} from {caller}");
        var calls = await Task.WhenAll(urls.Select(url => CallAsync(client, url, context.RequestAborted)));
        foreach (var call in calls)
        {
            Console.Out.WriteLine($"{options.Service}: called {call.Url}: {call.Status?.ToString() ?? call.Error} in {call.Milliseconds} ms");
        }

        var pod = Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName;
        var answer = new ShopAnswer(options.Service, pod, Environment.GetEnvironmentVariable("NODE_NAME") ?? "", caller, calls);
        context.Response.StatusCode = calls.All(c => c.Status is >= 200 and < 300) ? StatusCodes.Status200OK : StatusCodes.Status502BadGateway;
        await context.Response.WriteAsJsonAsync(answer, ShopJson.Default.ShopAnswer, "application/json", context.RequestAborted);
    }

    private static async Task<CallResult> CallAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var response = await client.GetAsync(url, cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync(ShopJson.Default.ShopAnswer, cancellationToken);
            return new CallResult(url.ToString(), (int)response.StatusCode, Since(began), answer, null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new CallResult(url.ToString(), null, Since(began), null, e.InnerException?.Message ?? e.Message);
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("say what to call: /call?url=http://…\n");
    }

    private static double Since(long began) => Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1);

    private static string Caller(ConnectionInfo connection)
    {
        var address = connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.RemoteIpAddress;
        return address is null ? "" : new IPEndPoint(address, connection.RemotePort).ToString();
    }
}
