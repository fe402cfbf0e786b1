using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Http.Engine;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Steps;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Outbound;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;

namespace NodeMesh.Proxy.Http;

/// <summary>All that carries requests, put together.</summary>
internal sealed class HttpDataPath : IAsyncDisposable
{
    private readonly HttpEngine _engine;
    private readonly HttpAdmission _admission;
    private readonly UpstreamPools _pools;
    private readonly MirrorSender _mirrors;

    /// <summary>Puts it together; nothing runs before the first connection that needs it.</summary>
    /// <param name="parts">What the data path is made of.</param>
    /// <param name="connector">Makes connections.</param>
    /// <param name="registry">The live connections.</param>
    /// <param name="legs">Joins ends of connections with applications past TCP.</param>
    /// <param name="clusters">The services' endpoints, which connections without requests use as well.</param>
    /// <param name="random">The source of chance; safe for many threads.</param>
    public HttpDataPath(DataPathParts parts, OutboundConnector connector, ConnectionRegistry registry, RequestLegs legs, UpstreamClusters clusters, Random random)
    {
        var (time, log, configuration) = (parts.Time, parts.Log, parts.Configuration);
        _pools = new UpstreamPools(new UpstreamDialer(connector, registry, legs, time, log.CreateLogger<UpstreamDialer>()), time);
        var exchange = new UpstreamExchange(_pools, time);
        var directory = new UpstreamDirectory(clusters, configuration);
        var hedges = new HedgedSender(exchange, directory, parts.Pipeline, random, time);
        var sender = new RequestSender(exchange, directory, hedges, random, time);
        _mirrors = new MirrorSender(_pools, directory, parts.Pipeline, time, log.CreateLogger<MirrorSender>());
        _engine = new HttpEngine(RequestPipeline.Build(Steps(parts, new RateLimiter(time), _mirrors, random), sender.SendAsync), parts.State, time, log);
        _admission = new HttpAdmission(parts.State, _engine, registry, legs, configuration.Limits, parts.Tracer is not null, AccessLog.ParseFormat(configuration.AccessLog) != AccessLogFormat.Off, time);
    }

    /// <summary>The connections that pods' requests leave by.</summary>
    public UpstreamPools Upstreams => _pools;

    /// <summary>What runs for each pod.</summary>
    public IPodAttachment PodAttachment => _pools;

    /// <summary>The step of captured connections.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="next">The rest of the pipeline of connections.</param>
    /// <returns>When the connection has ended.</returns>
    public Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next) => _admission.InvokeAsync(connection, next);

    /// <summary>Takes no more requests, and lets those under way end.</summary>
    /// <param name="cancellationToken">Cuts the rest.</param>
    /// <returns>When all has ended.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _engine.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _mirrors.DisposeAsync();
    }

    /// <summary>What is done with a request, in this order.</summary>
    private static IReadOnlyList<IRequestStep> Steps(DataPathParts parts, RateLimiter limiter, MirrorSender mirrors, Random random) =>
    [
        new TelemetryStep(parts.RequestObservers, parts.Tracer, parts.Time),
        new RouteStep(parts.Configuration.ClusterDomain, parts.Configuration.RegistryOnly),
        new RateLimitStep(limiter, parts.MeshLimits),
        new CorsStep(static r => r.Rule?.Cors),
        new FaultStep(random, parts.Time),
        new AnswerStep(),
        new SessionStep(parts.Time),
        new BackendStep(random),
        new CorsStep(static r => r.Rule?.Cors is null ? r.Backend?.Cors : null),
        new RewriteStep(),
        new TimeoutStep(),
        new MirrorStep(mirrors, random),
    ];
}
