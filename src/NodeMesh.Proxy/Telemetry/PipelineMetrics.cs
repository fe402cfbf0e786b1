using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Counters for what only the proxy's own steps see as it happens.</summary>
internal sealed class PipelineMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeMesh.Proxy.Pipeline");
    private readonly Counter<long> _retries;
    private readonly Counter<long> _handshakes;
    private readonly Counter<long> _xdsMessages;
    private readonly Counter<long> _xdsEnds;
    private readonly Counter<long> _podsStarted;
    private readonly Counter<long> _podsStopped;

    /// <summary>Begins to count.</summary>
    public PipelineMetrics()
    {
        _retries = _meter.CreateCounter<long>("nodemesh_connect_retries_total", description: "Connects tried again on another endpoint, before the first byte.");
        _handshakes = _meter.CreateCounter<long>("nodemesh_tunnel_handshakes_failed_total", description: "Tunnels that could not be made, by side and reason.");
        _xdsMessages = _meter.CreateCounter<long>("istio_xds_message_total", description: "Discovery responses received, by type.");
        _xdsEnds = _meter.CreateCounter<long>("istio_xds_connection_terminations_total", description: "Discovery streams that ended, by reason.");
        _podsStarted = _meter.CreateCounter<long>("istio_proxies_started_total", description: "Pods captured.");
        _podsStopped = _meter.CreateCounter<long>("istio_proxies_stopped_total", description: "Pods released.");
    }

    /// <summary>Counts a connect that is tried again.</summary>
    public void ConnectRetried() => _retries.Add(1);

    /// <summary>Counts a tunnel that could not be made.</summary>
    /// <param name="side"><c>client</c> or <c>server</c>.</param>
    /// <param name="reason">A word of a small set, such as the failure's name.</param>
    public void HandshakeFailed(string side, string reason) => _handshakes.Add(1, new Tag("side", side), new Tag("reason", reason));

    /// <summary>Counts a discovery response.</summary>
    /// <param name="typeUrl">Its type.</param>
    public void DiscoveryMessage(string typeUrl) => _xdsMessages.Add(1, new Tag("url", typeUrl));

    /// <summary>Counts the end of a discovery stream.</summary>
    /// <param name="reason">A word of a small set.</param>
    public void DiscoveryEnded(string reason) => _xdsEnds.Add(1, new Tag("reason", reason));

    /// <summary>Counts a captured pod.</summary>
    public void PodStarted() => _podsStarted.Add(1);

    /// <summary>Counts a released pod.</summary>
    public void PodStopped() => _podsStopped.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
