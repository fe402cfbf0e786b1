using Microsoft.Extensions.Logging;
using NodeMesh.Metrics;
using NodeMesh.Metrics.Logging;
using NodeMesh.Proxy.Admin;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Readiness;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tap;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// All by which the proxy is seen, put together. Made before the data path, which needs the <see cref="Observers"/>; started once there is state to show;
/// disposed after the data path, so that the last connections get their lines.
/// </summary>
internal sealed class Observation : IAsyncDisposable
{
    private readonly MetricRegistry _registry;
    private readonly ProcessMetrics _process = new();
    private readonly TrafficMetrics _traffic;
    private readonly AccessLog? _accessLog;
    private readonly TapHub _tap = new();
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _log;
    private ProxyMetrics? _metrics;
    private ObservationServers? _servers;

    /// <summary>Makes the parts that connections report to.</summary>
    /// <param name="configuration">The proxy's configuration.</param>
    /// <param name="mesh">The model.</param>
    /// <param name="accessLog">Where access lines go: standard output.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    /// <exception cref="FormatException"><c>accessLog</c> is no known word.</exception>
    public Observation(ProxyConfiguration configuration, MeshState mesh, Stream accessLog, TimeProvider time, ILoggerFactory log)
    {
        _log = log;
        _time = time;
        var format = AccessLog.ParseFormat(configuration.AccessLog);
        _registry = new MetricRegistry(new MetricRegistryOptions(), time);
        _traffic = new TrafficMetrics(_registry, mesh);
        EarlyDenials = new EarlyDenials(time, log);
        _accessLog = format == AccessLogFormat.Off ? null : new AccessLog(format, accessLog, log);
        Observers = _accessLog is null ? [_traffic, _tap] : [_traffic, _tap, _accessLog];
        var requests = new RequestMetrics(_registry, _traffic.IsGone);
        RequestObservers = _accessLog is null ? [requests, _tap] : [requests, _tap, _accessLog];
    }

    /// <summary>Who is told of connections: give them to the <see cref="ConnectionRegistry"/>.</summary>
    public IReadOnlyList<IConnectionObserver> Observers { get; }

    /// <summary>Who is told of requests.</summary>
    public IReadOnlyList<IRequestObserver> RequestObservers { get; }

    /// <summary>Takes refusals that come before there is a connection.</summary>
    public EarlyDenials EarlyDenials { get; }

    /// <summary>Counters for what only the pipeline sees.</summary>
    public PipelineMetrics Metrics { get; } = new();

    /// <summary>Where the servers listen; null before <see cref="StartAsync"/>.</summary>
    public ObservationServers? Servers => _servers;

    /// <summary>Begins to serve admin, readiness and metrics.</summary>
    /// <param name="sources">The proxy's state.</param>
    /// <param name="readiness">Readiness.</param>
    /// <param name="levels">Log levels.</param>
    /// <param name="stop">Stops the proxy in order; called by <c>/quitquitquit</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="FormatException">The admin address is not loopback.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public async Task StartAsync(AdminSources sources, ReadinessState readiness, LogLevels levels, Action stop, CancellationToken cancellationToken)
    {
        _metrics = new ProxyMetrics(sources);
        var admin = new AdminEndpoints(sources, readiness, levels, new TapEndpoint(_tap, sources.Configuration.Node, _time), stop);
        _servers = await ObservationServers.StartAsync(sources.Configuration, admin, readiness, _registry, _log, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Their answers never end by themselves, and the server waits for answers.
        _tap.Dispose();
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }

        if (_accessLog is not null)
        {
            await _accessLog.DisposeAsync();
        }

        _metrics?.Dispose();
        Metrics.Dispose();
        _traffic.Dispose();
        EarlyDenials.Dispose();
        _process.Dispose();
        _registry.Dispose();
    }
}
