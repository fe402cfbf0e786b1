using System.Diagnostics.Metrics;
using NodeMesh.Discovery;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.State;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Counters for what only the proxy's own steps see as it happens.</summary>
internal sealed class PipelineMetrics : IPipelineObserver, IDisposable
{
    private readonly Meter _meter = new("NodeMesh.Proxy.Pipeline");
    private readonly Counter<long> _retries;
    private readonly Counter<long> _mirrored;
    private readonly Counter<long> _hedged;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _checks;
    private readonly Counter<long> _xdsMessages;
    private readonly Counter<long> _xdsEnds;
    private readonly Counter<long> _podsStarted;
    private readonly Counter<long> _podsStopped;

    /// <summary>Begins to count.</summary>
    public PipelineMetrics()
    {
        _retries = _meter.CreateCounter<long>("nodemesh_connect_retries_total", description: "Connects tried again on another endpoint, before the first byte.");
        _mirrored = _meter.CreateCounter<long>("nodemesh_mirrored_requests_total", description: "Copies of requests, by what became of them.");
        _hedged = _meter.CreateCounter<long>("nodemesh_hedged_tries_total", description: "Tries of requests that began while another of the same request went on.");
        _ejections = _meter.CreateCounter<long>("nodemesh_outlier_ejections_total", description: "Endpoints left out for a while because of their answers.");
        _checks = _meter.CreateCounter<long>("nodemesh_health_checks_total", description: "Health checks of endpoints, by what they found.");
        _xdsMessages = _meter.CreateCounter<long>("istio_xds_message_total", description: "Discovery responses received, by type.");
        _xdsEnds = _meter.CreateCounter<long>("istio_xds_connection_terminations_total", description: "Discovery streams, or attempts to open one, that ended, by reason.");
        _podsStarted = _meter.CreateCounter<long>("istio_proxies_started_total", description: "Pods captured.");
        _podsStopped = _meter.CreateCounter<long>("istio_proxies_stopped_total", description: "Pods released.");
    }

    /// <inheritdoc/>
    public void ConnectRetried() => _retries.Add(1);

    /// <inheritdoc/>
    public void RequestMirrored(MirrorResult result) => _mirrored.Add(1, new Tag("result", result switch
    {
        MirrorResult.Answered => "answered",
        MirrorResult.Failed => "failed",
        _ => "dropped",
    }));

    /// <inheritdoc/>
    public void RequestHedged() => _hedged.Add(1);

    /// <inheritdoc/>
    public void EndpointEjected() => _ejections.Add(1);

    /// <inheritdoc/>
    public void EndpointChecked(bool passed) => _checks.Add(1, new Tag("result", passed ? "passed" : "failed"));

    /// <inheritdoc/>
    public void DiscoveryMessage(string typeUrl) => _xdsMessages.Add(1, new Tag("url", typeUrl));

    /// <inheritdoc/>
    public void DiscoveryEnded(DiscoveryEnd reason) => _xdsEnds.Add(1, new Tag("reason", reason.ToString()));

    /// <inheritdoc/>
    public void PodStarted() => _podsStarted.Add(1);

    /// <inheritdoc/>
    public void PodStopped() => _podsStopped.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
