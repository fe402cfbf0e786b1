using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Discovery;
using NodeMesh.Identity;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Processes;
using NodeMesh.Metrics.Logging;
using NodeMesh.Model;
using NodeMesh.Proxy.Admin;
using NodeMesh.Proxy.Dns;
using NodeMesh.Proxy.Identity;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Readiness;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Hosting;

/// <summary>The composition root: makes everything, runs it until it is told to stop, and takes it down in order.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="levels">Log levels, changed at run time by admin.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class ProxyHost(ProxyConfiguration configuration, LogLevels levels, TimeProvider time, ILoggerFactory log)
{
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log = log.CreateLogger<ProxyHost>();

    /// <summary>Runs the proxy.</summary>
    /// <param name="stopping">Stops it in order.</param>
    /// <returns>When it has stopped.</returns>
    /// <exception cref="ProxyConfigurationException">The machine cannot do what the configuration asks, or an address cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        // Before any other socket or timer: it starts the runtime's own threads in the home namespace.
        using var broker = new NetworkNamespaceBroker();
        var (capture, captureReason) = await new CaptureChoice(configuration, broker, log).ChooseAsync(stopping);
        using var held = capture as IDisposable;
        var (forwarding, forwardingState) = await StartForwardingAsync(stopping);
        await using var ownedForwarding = forwarding;
        var state = new MeshState(time);
        await using var output = Console.OpenStandardOutput();
        await using var observation = new Observation(configuration, state, output, time, log);
        using var channel = ControlPlaneChannel.Create(configuration, time);
        var token = new NodeToken(configuration.TokenFile);
        var signer = new GrpcCertificateSigner(channel, token, configuration.Identity, configuration.ClusterId);
        using var meshLimits = new MeshRateLimiter(new GrpcRateLimitKeeper(channel, token, configuration.ClusterId, GrpcRateLimitKeeper.Deadline), time, log.CreateLogger<MeshRateLimiter>());
        await using var certificates = new CertificateStore(signer, new CertificateStoreOptions { Lifetime = configuration.CertificateLifetime }, time, log);
        await using var spans = configuration.OtlpEndpoint is { } collector ? new SpanExport(configuration, collector, log) : null;
        using var dnsMetrics = new DnsMetrics();
        var dns = new PodDns(() => state.Current, configuration.ClusterDomain, configuration.DnsUpstream, dnsMetrics, time, log);
        var pipeline = observation.Metrics;
        var discovery = Discovery(state, pipeline, certificates);
        await using var dataPath = new DataPath(new DataPathParts
        {
            Configuration = configuration,
            Capture = capture,
            Forwarding = forwarding,
            Certificates = certificates,
            State = state,
            EarlyDenials = observation.EarlyDenials,
            Observers = observation.Observers,
            RequestObservers = observation.RequestObservers,
            Tracer = spans?.Tracer,
            Attachments = [new DnsAttachment(dns)],
            MeshLimits = meshLimits,
            Pipeline = pipeline,
            Time = time,
            Log = log,
        });
        var sources = new AdminSources
        {
            Configuration = configuration,
            Mesh = state,
            Pods = dataPath.Pods,
            Connections = dataPath.Connections,
            Clusters = () => dataPath.Clusters.All,
            Certificates = certificates.Snapshot,
            Tunnels = dataPath.Tunnels,
            Discovery = () => discovery.Status,
            CaptureMode = capture.Name,
            CaptureReason = captureReason,
            Forwarding = forwarding,
            InKernelForwarding = forwardingState,
            MeshLimits = meshLimits,
            Time = time,
        };
        await RunAsync(broker, sources, observation, dataPath, discovery, meshLimits, stopping);
    }

    private async Task RunAsync(
        NetworkNamespaceBroker broker,
        AdminSources sources,
        Observation observation,
        DataPath dataPath,
        DeltaDiscoveryClient discovery,
        MeshRateLimiter meshLimits,
        CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var background = new CancellationTokenSource();
        using var audit = new ThreadNamespaceAudit(broker, time, log.CreateLogger<ThreadNamespaceAudit>());
        var readiness = new ReadinessState(
        [
            new DiscoveryReadiness(sources.Mesh, configuration.ControlPlane),
            new CertificateReadiness(sources.Certificates, configuration.Identity),
            .. dataPath.ReadinessChecks,
        ]);
        using var trim = new StartupTrim(() => readiness.IsReady, time);
        using var idleTrim = IdleTrim.OfThisProcess(() => dataPath.Connections.Changes, time);
        var discovering = Task.CompletedTask;
        try
        {
            await trim.StartAsync(stop.Token);
            await observation.StartAsync(sources, readiness, levels, stop.Cancel, stop.Token);
            discovering = DiscoverAsync(discovery, background.Token);
            await meshLimits.StartAsync(stop.Token);
            await dataPath.StartAsync(stop.Token);
            await audit.StartAsync(stop.Token);
            await idleTrim.StartAsync(stop.Token);
            await AnnounceAsync(readiness, stop.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            throw new ProxyConfigurationException(e.Message, e);
        }
        finally
        {
            LogStopping(configuration.Limits.DrainTimeout);
            readiness.StartDraining();
            await idleTrim.StopAsync(CancellationToken.None);
            await dataPath.StopAsync();
            await meshLimits.StopAsync(CancellationToken.None);
            await audit.StopAsync(CancellationToken.None);
            await trim.StopAsync(CancellationToken.None);
            await background.CancelAsync();
            await discovering;
        }
    }

    private DeltaDiscoveryClient Discovery(MeshState state, IPipelineObserver pipeline, CertificateStore certificates)
    {
        var node = new DiscoveryNode(
            configuration.Node,
            [.. configuration.NodeAddresses.Select(a => a.ToString())],
            configuration.MeshNamespace,
            $"nodemesh-proxy-{configuration.Node}",
            Locality.Unknown);
        var options = new DeltaDiscoveryClientOptions { TokenFile = configuration.TokenFile };
        return new DeltaDiscoveryClient(() => ControlPlaneChannel.Create(configuration, time), node, new MeshDiscovery(state, pipeline, certificates.RetryFailed), options, time, log);
    }

    private async Task DiscoverAsync(DeltaDiscoveryClient discovery, CancellationToken cancellationToken)
    {
        try
        {
            await discovery.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception e)
        {
            LogDiscoveryFault(e);
        }
    }

    private async Task AnnounceAsync(ReadinessState readiness, CancellationToken cancellationToken)
    {
        while (!readiness.IsReady)
        {
            await Task.Delay(ReadyPoll, time, cancellationToken);
        }

        LogReady(configuration.Node);
    }

    /// <summary>Without it everything goes the ordinary way: slower, and otherwise the same.</summary>
    private async Task<(KernelForwarding? Forwarding, string State)> StartForwardingAsync(CancellationToken cancellationToken)
    {
        if (configuration.InKernelForwarding == InKernelForwarding.Disabled)
        {
            const string Disabled = "off: disabled by the configuration (inKernelForwarding)";
            LogForwarding(Disabled);
            return (null, Disabled);
        }

        try
        {
            var forwarding = await KernelForwarding.StartAsync(log.CreateLogger<KernelForwarding>(), cancellationToken);
            var on = configuration.InKernelForwarding == InKernelForwarding.Proxied ? "on: between applications and the proxy alone, by the configuration (inKernelForwarding)" : "on";
            LogForwarding(on);
            return (forwarding, on);
        }
        catch (CaptureException e)
        {
            LogNoForwarding(e.Message);
            return (null, $"off: {e.Message}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "in-kernel forwarding of connections within the node is {State}")]
    private partial void LogForwarding(string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "in-kernel forwarding of connections within the node is off: {Reason}")]
    private partial void LogNoForwarding(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "ready: node {Node}")]
    private partial void LogReady(string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: open connections have {Limit} to end")]
    private partial void LogStopping(TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Critical, Message = "discovery ended by a fault of the proxy; the last state stays in use")]
    private partial void LogDiscoveryFault(Exception exception);
}
