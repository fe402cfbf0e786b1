using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Identity;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http;
using NodeMesh.Proxy.Inbound;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Outbound;
using NodeMesh.Proxy.Outbound.Plain;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Resilience.HealthChecks;
using NodeMesh.Proxy.State;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Hosting;

/// <summary>All that carries connections, put together: pods, pipelines, tunnels, enforcement. Knows neither where the model comes from nor who signs certificates.</summary>
internal sealed class DataPath : IAsyncDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>For so long connections that came while the proxy was stopping may go on: every moment of it new ones are refused.</summary>
    private static readonly TimeSpan LastConnections = TimeSpan.FromSeconds(2);

    private readonly ProxyConfiguration _configuration;
    private readonly CertificateStore _certificates;
    private readonly TunnelServer _tunnelServer;
    private readonly TunnelService _tunnelService;
    private readonly NodeListener _nodeListener = new();
    private readonly EnrollmentDirectory _enrollments;
    private readonly ConnectionTracker _tracker;
    private readonly PodServer _podServer;
    private readonly TimeProvider _time;
    private readonly KernelForwarding? _forwarding;
    private readonly HttpDataPath _http;
    private readonly EndpointProbe _probe;
    private readonly IHostedService[] _loops;
    private readonly CancellationTokenSource _accepting = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly UpstreamNames _names;
    private Task _nodeServing = Task.CompletedTask;
    private bool _stopped;

    /// <summary>Puts it together; nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="parts">What it is made of.</param>
    public DataPath(DataPathParts parts)
    {
        _configuration = parts.Configuration;
        _certificates = parts.Certificates;
        _time = parts.Time;
        _forwarding = parts.Forwarding;
        var (time, log, limits) = (parts.Time, parts.Log, parts.Configuration.Limits);
        var options = new TunnelOptions { HandshakeTimeout = limits.HandshakeTimeout };
        Connections = new ConnectionRegistry(time, parts.Observers);
        Pods = new PodRegistry();
        var factory = new PeerTunnelFactory(_certificates, options, _configuration, time, log);
        NodeTunnels = factory.CreateForNodes();
        _tunnelServer = new TunnelServer(options, time, log);
        _tracker = new ConnectionTracker(log.CreateLogger<ConnectionTracker>());
        _enrollments = new EnrollmentDirectory(_configuration.EnrollmentDirectory, time, log.CreateLogger<EnrollmentDirectory>());

        var heartbeat = new ForwardingHeartbeat(limits, time, parts.Forwarding);
        var forwarding = new ForwardingMiddleware(Connections, heartbeat, parts.Forwarding, _configuration.InKernelForwarding == InKernelForwarding.Proxied);
        var delivery = new InboundDelivery(parts.State, Connections, limits, time, parts.Forwarding, log.CreateLogger<InboundDelivery>());
        _tunnelService = new TunnelService(
            _tunnelServer, _certificates, parts.State, Pods, delivery, forwarding, _configuration, parts.EarlyDenials, time, log.CreateLogger<TunnelService>());
        Clusters = new UpstreamClusters(Random.Shared, time, (_, _, ejected) =>
        {
            if (ejected)
            {
                parts.Pipeline?.EndpointEjected();
            }
        });
        var egress = new EgressPolicy(parts.State, limits);
        _names = new UpstreamNames(_configuration.DnsUpstream, time);
        var plain = new PlainConnector(egress, _names, new TlsDialer(_certificates, time), limits, time);
        var connector = new OutboundConnector(NodeTunnels, Pods, delivery, plain, egress, _configuration, _time);
        _http = new HttpDataPath(parts, connector, Connections, new RequestLegs(parts.Forwarding, heartbeat), Clusters, Random.Shared);
        var outbound = BuildOutbound(parts, connector, forwarding);
        _podServer = new PodServer(outbound, new PlaintextDelivery(delivery, forwarding, time), _tunnelService, _tracker, limits);
        Supervisor = new PodSupervisor(
            _enrollments, parts.Capture, Pods, _certificates, _podServer, factory, Connections, Attachments(parts, _http), _configuration, parts.Pipeline, time, log.CreateLogger<PodSupervisor>());
        _probe = new EndpointProbe(_http.Upstreams, parts.State, _configuration, time);
        _loops =
        [
            heartbeat,
            new PolicyEnforcer(parts.State, Connections, Pods, limits, time, log.CreateLogger<PolicyEnforcer>()),
            new TunnelEviction(parts.State, NodeTunnels, Pods),
            new ClusterSweep(Clusters, parts.State, time),
            new HealthChecker(Clusters, parts.State, Pods, _probe, parts.Pipeline, time, log.CreateLogger<HealthChecker>()),
            Supervisor,
        ];
        ReadinessChecks = [Supervisor, new DescriptorPressure(Pods, time)];
    }

    /// <summary>The live connections.</summary>
    public ConnectionRegistry Connections { get; }

    /// <summary>The enrolled pods.</summary>
    public PodRegistry Pods { get; }

    /// <summary>Tunnels to other nodes.</summary>
    public TunnelPool NodeTunnels { get; }

    /// <summary>The services' endpoints, where traffic policies say something of them.</summary>
    public UpstreamClusters Clusters { get; }

    /// <summary>What must be so before the data path is ready.</summary>
    public IReadOnlyList<IReadinessCheck> ReadinessChecks { get; }

    /// <summary>Captures and serves pods.</summary>
    internal PodSupervisor Supervisor { get; }

    /// <summary>All tunnels that this proxy opened.</summary>
    /// <returns>One entry per tunnel.</returns>
    public IReadOnlyList<TunnelInfo> Tunnels() => [.. NodeTunnels.Snapshot(), .. Pods.Pods.SelectMany(p => p.PeerTunnels?.Snapshot() ?? [])];

    /// <summary>Opens the node's listeners, and begins to follow the enrolment directory.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>When it runs; pods are captured behind it.</returns>
    /// <exception cref="IOException">A listener cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _certificates.Add(_configuration.Identity, _configuration.NodeIdentity.ToString());
        _nodeListener.Open(_configuration.NodeAddresses);
        _nodeServing = _nodeListener.ServeAsync(_podServer, _tunnelService, _accepting.Token, _closed.Token);
        foreach (var loop in _loops)
        {
            await loop.StartAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Lets the open connections go on up to the configured limit, and serves new ones meanwhile: whoever is refused waits for the next proxy, which begins when this one has ended. Then accepts nothing more,
    /// tells peers (GOAWAY), gives what came last a moment, and ends everything. Rules stay in the pods.
    /// </summary>
    /// <returns>When all has ended.</returns>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await WaitForOpenConnectionsAsync();
        await _accepting.CancelAsync();
        Supervisor.StopAccepting();

        // From here on the proxy sees every byte, and the end of each connection.
        _forwarding?.DisableAll();
        var last = _configuration.Limits.DrainTimeout < LastConnections ? _configuration.Limits.DrainTimeout : LastConnections;
        using var limit = new CancellationTokenSource(last, _time);
        try
        {
            await Task.WhenAll(_tunnelServer.DrainAsync(limit.Token), _http.StopAsync(limit.Token), _tracker.WaitAsync(limit.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The rest is cut below.
        }

        foreach (var connection in Connections.Live)
        {
            connection.RequestClose(ConnectionEndReason.ProxyShutdown);
        }

        await _closed.CancelAsync();
        foreach (var loop in _loops.Reverse())
        {
            await loop.StopAsync(CancellationToken.None);
        }

        await Supervisor.CloseAsync();
        await _http.DisposeAsync();
        await _nodeServing;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _nodeListener.DisposeAsync();
        await _tunnelServer.DisposeAsync();
        await NodeTunnels.DisposeAsync();
        await _names.DisposeAsync();
        await _enrollments.DisposeAsync();
        foreach (var loop in _loops.OfType<IDisposable>())
        {
            loop.Dispose();
        }

        _probe.Dispose();
        _accepting.Dispose();
        _closed.Dispose();
    }

    /// <summary>Waits until those that are open now have ended, or the limit for them is over.</summary>
    private async Task WaitForOpenConnectionsAsync()
    {
        var open = Connections.Live.ToHashSet();
        var start = _time.GetTimestamp();
        while (open.Count > 0 && _time.GetElapsedTime(start) < _configuration.Limits.DrainTimeout)
        {
            await Task.Delay(DrainPoll, _time, CancellationToken.None);
            open.IntersectWith(Connections.Live);
        }
    }

    private static IReadOnlyList<IPodAttachment> Attachments(DataPathParts parts, HttpDataPath http) => parts.Forwarding is null
        ? [.. parts.Attachments, http.PodAttachment]
        : [.. parts.Attachments, http.PodAttachment, new ForwardingAttachment(parts.Forwarding, parts.Configuration.InKernelForwarding == InKernelForwarding.Proxied)];

    /// <summary>The pipeline of captured connections: who is it, does a policy need to see its requests, where to, and then the bytes.</summary>
    private ConnectionDelegate BuildOutbound(DataPathParts parts, OutboundConnector connector, ForwardingMiddleware forwarding)
    {
        var admission = new OutboundAdmission(Connections, _configuration.Limits, _time, parts.Log.CreateLogger<OutboundAdmission>());
        var open = new OpenConnections();
        var choice = new OutboundEndpointChoice(
            parts.State, connector, new OutboundBalancing(Clusters, open, Random.Shared), open, _configuration, _time, parts.Pipeline);
        ConnectionDelegate forward = forwarding.InvokeAsync;
        ConnectionDelegate choose = connection => choice.InvokeAsync(connection, forward);
        var serverName = new ServerNameStep(parts.State, _configuration.Limits, _time);
        ConnectionDelegate name = connection => serverName.InvokeAsync(connection, choose);
        ConnectionDelegate http = connection => _http.InvokeAsync(connection, name);
        return connection => admission.InvokeAsync(connection, http);
    }
}
