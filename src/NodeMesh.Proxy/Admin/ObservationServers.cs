using System.Net;
using Microsoft.Extensions.Logging;
using NodeMesh.Metrics;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Readiness;

namespace NodeMesh.Proxy.Admin;

/// <summary>The three servers by which the proxy is seen: admin (loopback), readiness, metrics.</summary>
internal sealed class ObservationServers : IAsyncDisposable
{
    private readonly List<HttpListenerHost> _servers = [];

    private ObservationServers()
    {
    }

    /// <summary>Where admin listens.</summary>
    public IPEndPoint Admin => _servers[0].Address;

    /// <summary>Where readiness listens.</summary>
    public IPEndPoint Readiness => _servers[1].Address;

    /// <summary>Where metrics listen.</summary>
    public IPEndPoint Metrics => _servers[2].Address;

    /// <summary>Starts them.</summary>
    /// <param name="configuration">Where they listen.</param>
    /// <param name="admin">The admin endpoint.</param>
    /// <param name="readiness">Readiness.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="FormatException">The admin address is not loopback.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<ObservationServers> StartAsync(
        ProxyConfiguration configuration, AdminEndpoints admin, ReadinessState readiness, MetricRegistry metrics, ILoggerFactory log, CancellationToken cancellationToken)
    {
        if (!IPAddress.IsLoopback(configuration.AdminListen.Address))
        {
            throw new FormatException($"adminListen is {configuration.AdminListen}: the admin endpoint can stop the proxy, so it listens on loopback only, such as 127.0.0.1:15000");
        }

        var servers = new ObservationServers();
        try
        {
            servers._servers.Add(await HttpListenerHost.StartAsync(configuration.AdminListen, admin.Map, log, cancellationToken));
            servers._servers.Add(await HttpListenerHost.StartAsync(configuration.ReadinessListen, readiness.Map, log, cancellationToken));
            servers._servers.Add(await HttpListenerHost.StartAsync(configuration.MetricsListen, routes => routes.MapMetrics(metrics, "/metrics", "/stats/prometheus"), log, cancellationToken));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
