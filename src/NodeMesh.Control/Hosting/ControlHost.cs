using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Admission;
using NodeMesh.Control.CertificateAuthority;
using NodeMesh.Control.Discovery;
using NodeMesh.Control.RateLimits;
using NodeMesh.Control.Sources;
using NodeMesh.Discovery;
using NodeMesh.Identity;
using NodeMesh.Metrics.Logging;

namespace NodeMesh.Control.Hosting;

/// <summary>The control plane in one object: source to discovery, CA, health, and the loops between them.</summary>
public sealed partial class ControlHost : IAsyncDisposable
{
    private readonly ControlConfiguration _configuration;
    private readonly ControlBackend _backend;
    private readonly ILogger _log;
    private readonly Identity.CertificateAuthority _authority;
    private readonly DeltaDiscoveryServer _discovery;
    private readonly ControlMetrics _metrics = new();
    private readonly ConfigurationPump _pump;
    private readonly ServerCertificate _certificate;
    private readonly WebApplication _grpc;
    private readonly WebApplication? _plain;
    private readonly WebApplication? _webhook;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    /// <summary>Makes a control plane with files for CA and tokens, and its CA if the directory has none; nothing listens yet.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="source">Where the mesh's configuration comes from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="levels">The log's levels, to be changed while it runs; null: they cannot be.</param>
    /// <exception cref="ControlConfigurationException">A field is wrong.</exception>
    /// <exception cref="Identity.CertificateAuthorityException">The CA's directory cannot be used.</exception>
    public ControlHost(ControlConfiguration configuration, IMeshConfigurationSource source, TimeProvider time, ILoggerFactory log, LogLevels? levels = null)
        : this(configuration, FileBackend(configuration, source, time, log), time, log, levels)
    {
    }

    internal ControlHost(ControlConfiguration configuration, ControlBackend backend, TimeProvider time, ILoggerFactory log, LogLevels? levels = null)
    {
        configuration.Validate();
        _configuration = configuration;
        _backend = backend;
        _log = log.CreateLogger<ControlHost>();
        _authority = backend.Authority;
        _discovery = new DeltaDiscoveryServer(new DeltaDiscoveryServerOptions(), time, log);
        var state = new MeshState();
        _pump = new ConfigurationPump(backend.Source, state, _discovery, _metrics, time, log.CreateLogger<ConfigurationPump>());
        _certificate = new ServerCertificate(_authority, configuration, time, log.CreateLogger<ServerCertificate>());
        _grpc = WebServers.CreateGrpc(configuration.ListenEndPoint, () => _certificate.Current, log);
        new DiscoveryEndpoint(_discovery, backend.Tokens, log.CreateLogger<DiscoveryEndpoint>()).Map(_grpc, _stopping.Token);
        var authorizer = new NodeAuthorizer(configuration, state);
        new CertificateEndpoint(_authority, authorizer, backend.Tokens, configuration.CertificateLifetimeSpan, _metrics, log.CreateLogger<CertificateEndpoint>()).Map(_grpc);
        new RateLimitEndpoint(backend.RateLimits, authorizer, backend.Tokens, log.CreateLogger<RateLimitEndpoint>()).Map(_grpc);
        _webhook = configuration.WebhookEndPoint is { } webhook ? WebServers.CreateTls(webhook, () => _certificate.Current, log) : null;
        if (_webhook is not null)
        {
            new AdmissionEndpoint(log.CreateLogger<AdmissionEndpoint>()).Map(_webhook);
        }

        _plain = configuration.MetricsEndPoint is { } plain ? WebServers.CreatePlain(plain, log) : null;
        if (_plain is not null)
        {
            MapPlain(_plain, levels);
        }
    }

    /// <summary>Where xDS and CA are served; valid after the start.</summary>
    public IPEndPoint DiscoveryEndPoint => WebServers.BoundEndPoint(_grpc);

    /// <summary>Where health and metrics are served; null: nowhere. Valid after the start.</summary>
    public IPEndPoint? MetricsEndPoint => _plain is null ? null : WebServers.BoundEndPoint(_plain);

    /// <summary>Where the webhook is served; null: nowhere. Valid after the start.</summary>
    public IPEndPoint? WebhookEndPoint => _webhook is null ? null : WebServers.BoundEndPoint(_webhook);

    /// <summary>The roots that proxies must trust, PEM.</summary>
    public string RootsPem => _authority.Bundle.ToPem();

    /// <summary>Whether proxies are served: the configuration has been read once.</summary>
    internal bool IsReady => _discovery.IsReady;

    /// <summary>The connected proxies.</summary>
    public IReadOnlyList<ProxyStatus> Proxies => _discovery.Proxies;

    /// <summary>Writes <c>root-cert.pem</c>, listens, and starts the loops.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when connections are accepted.</returns>
    /// <exception cref="IOException">A port is taken, or a file cannot be written.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _certificate.Renew();
        await WriteRootsAsync(cancellationToken);
        foreach (var server in Servers)
        {
            await server.StartAsync(cancellationToken);
        }

        _loops = Task.WhenAll([_pump.RunAsync(_stopping.Token), _certificate.RunAsync(_stopping.Token), FollowRootsAsync(_stopping.Token), .. _backend.Loops.Select(l => l(_stopping.Token))]);
        LogReady(_log, DiscoveryEndPoint, MetricsEndPoint);
    }

    /// <summary>Ends streams with UNAVAILABLE, so that proxies reconnect at once to whoever comes next, and stops.</summary>
    /// <returns>A task that ends when nothing runs any more.</returns>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var server in Servers)
        {
            await server.StopAsync();
        }

        LogStopped(_log);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await StopAsync();
        }

        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }

        foreach (var owned in _backend.Owned)
        {
            owned.Dispose();
        }

        _authority.Dispose();
        _stopping.Dispose();
    }

    private IReadOnlyList<string> Troubles => (_backend.Source as IObservableSource)?.Troubles ?? [];

    private IEnumerable<WebApplication> Servers => new[] { _grpc, _webhook, _plain }.OfType<WebApplication>();

    private static ControlBackend FileBackend(ControlConfiguration configuration, IMeshConfigurationSource source, TimeProvider time, ILoggerFactory log)
    {
        var authority = Identity.CertificateAuthority.LoadOrCreate(configuration.CaDirectory, configuration.TrustDomain, time);
        return new ControlBackend(source, authority, new TokenFile(configuration.Tokens, log.CreateLogger<TokenFile>()), new SoleRateLimitLeader(time))
        {
            Loops = [new AuthorityDirectoryLoop(authority, configuration, time, log.CreateLogger<AuthorityDirectoryLoop>()).RunAsync],
        };
    }

    private void MapPlain(WebApplication application, LogLevels? levels)
    {
        LocalCallers.Guard(application, "/logging", "/debug/explain");
        if (levels is not null)
        {
            application.MapLogLevels(levels);
        }

        new ExplainEndpoint(_backend.Source as IObservableSource).Map(application);
        application.MapGet("/healthz", http =>
        {
            http.Response.StatusCode = _discovery.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return http.Response.WriteAsync(_discovery.IsReady ? "ok\n" : $"{(_backend.Source as IObservableSource)?.Obstacle ?? "the configuration has not been read yet"}\n", http.RequestAborted);
        });
        application.MapGet("/metrics", http =>
        {
            http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return http.Response.WriteAsync(_metrics.Write(_discovery, Troubles.Count, _backend.RateLimits.Counts), http.RequestAborted);
        });
        application.MapGet("/debug/proxies", http =>
            http.Response.WriteAsJsonAsync(
                new ProxiesReport(_discovery.IsReady, _discovery.Revision, [.. _discovery.Proxies], Troubles), ControlJson.Default.ProxiesReport, cancellationToken: http.RequestAborted));
    }

    private async Task FollowRootsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _authority.Changed;
            try
            {
                await WriteRootsAsync(cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogRootsNotWritten(_log, e);
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task WriteRootsAsync(CancellationToken cancellationToken)
    {
        // In a directory with an operator's CA this file is the operator's, and says the same.
        var path = Path.Combine(_configuration.CaDirectory, "root-cert.pem");
        var roots = _authority.Bundle;
        Directory.CreateDirectory(_configuration.CaDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            if (File.Exists(path) && TrustBundle.FromPem(await File.ReadAllTextAsync(path, cancellationToken)).HasSameRoots(roots))
            {
                return;
            }
        }
        catch (FormatException)
        {
            // Half a file of an earlier run.
        }

        // Renamed into place: a proxy that starts at the same moment reads all of it or nothing.
        await File.WriteAllTextAsync(path + ".new", roots.ToPem(), cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "ready: discovery and CA on {Discovery}, health and metrics on {Metrics}")]
    private static partial void LogReady(ILogger logger, IPEndPoint discovery, IPEndPoint? metrics);

    [LoggerMessage(Level = LogLevel.Error, Message = "root-cert.pem cannot be written; proxies that start now may trust other roots")]
    private static partial void LogRootsNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger logger);
}
