using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Cni;

namespace NodeMesh.Agent.Hosting;

/// <summary>The agent's HTTP servers: the plugin's on a Unix socket, readiness on a port.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private const int MaxRequest = 2 * 1024 * 1024;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private AgentServer(WebApplication app) => _app = app;

    /// <summary>Starts the plugin's server.</summary>
    /// <param name="socket">The socket; one that an earlier agent left is replaced.</param>
    /// <param name="answer">Answers.</param>
    /// <param name="log">The log.</param>
    /// <param name="ct">Ends the start.</param>
    /// <exception cref="IOException">It cannot listen.</exception>
    public static async Task<AgentServer> ServeCniAsync(string socket, Func<CniRequest, CancellationToken, Task<CniAnswer>> answer, ILoggerFactory log, CancellationToken ct)
    {
        File.Delete(socket);
        var server = await StartAsync(
            options => options.ListenUnixSocket(socket, l => l.Protocols = HttpProtocols.Http1),
            app => app.Run(http => ServeAsync(http, answer)),
            log,
            ct);

        // Who may ask for a pod's admission may also keep the kubelet from starting it.
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return server;
    }

    /// <summary>Starts the server that tells readiness.</summary>
    /// <param name="options">Where.</param>
    /// <param name="pending">Why the agent is not ready; null when it is.</param>
    /// <param name="log">The log.</param>
    /// <param name="ct">Ends the start.</param>
    /// <exception cref="IOException">It cannot listen.</exception>
    public static Task<AgentServer> ServeReadinessAsync(AgentOptions options, Func<string?> pending, ILoggerFactory log, CancellationToken ct) =>
        StartAsync(
            kestrel => kestrel.Listen(options.ReadinessListen, l => l.Protocols = HttpProtocols.Http1),
            app => app.Run(http => TellAsync(http, pending)),
            log,
            ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private static async Task<AgentServer> StartAsync(Action<KestrelServerOptions> listen, Action<WebApplication> serve, ILoggerFactory log, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton(log));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequest;
            listen(options);
        });
        var app = builder.Build();
        try
        {
            serve(app);
            await app.StartAsync(ct);
            return new AgentServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async Task ServeAsync(HttpContext http, Func<CniRequest, CancellationToken, Task<CniAnswer>> answer)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var configuration = await reader.ReadToEndAsync(http.RequestAborted);
        CniAnswer result;
        try
        {
            var headers = http.Request.Headers;
            result = await answer(CniRequest.Parse(headers["CNI-Command"].ToString(), headers["CNI-NetNS"].ToString(), headers["CNI-Args"].ToString(), configuration), http.RequestAborted);
        }
        catch (CniException e)
        {
            result = CniAnswer.Error("1.0.0", e);
        }

        http.Response.StatusCode = result.IsSuccess ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(result.Text, http.RequestAborted);
    }

    private static async Task TellAsync(HttpContext http, Func<string?> pending)
    {
        var path = http.Request.Path.Value;
        if (path is not ("/healthz/ready" or "/healthz/live"))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var reason = path == "/healthz/ready" ? pending() : null;
        http.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await http.Response.WriteAsync((reason ?? "ok") + "\n", http.RequestAborted);
    }
}
