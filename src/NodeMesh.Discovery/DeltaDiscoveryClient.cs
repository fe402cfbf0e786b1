using Microsoft.Extensions.Logging;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery;

/// <summary>Keeps a node proxy's model up to date: one stream at a time, opened again for ever, resuming where the last one broke.</summary>
public sealed partial class DeltaDiscoveryClient
{
    private readonly Func<GrpcChannel> _connect;
    private readonly DiscoveryNode _node;
    private readonly DeltaDiscoveryClientOptions _options;
    private readonly IDiscoveryHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Makes a client; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="connect">Makes a channel to the control plane, which the client disposes with the stream; called for every attempt, so that new trust roots are read.</param>
    /// <param name="node">Who we are.</param>
    /// <param name="handler">Takes what comes.</param>
    /// <param name="options">What to subscribe and how to reconnect.</param>
    /// <param name="time">The clock of back-off and status.</param>
    /// <param name="log">Where to log.</param>
    public DeltaDiscoveryClient(Func<GrpcChannel> connect, DiscoveryNode node, IDiscoveryHandler handler, DeltaDiscoveryClientOptions options, TimeProvider time, ILoggerFactory log)
    {
        _connect = connect;
        _node = node;
        _options = options;
        _handler = handler;
        _time = time;
        _log = log.CreateLogger<DeltaDiscoveryClient>();
    }

    /// <summary>How the client stands now.</summary>
    public DiscoveryClientStatus Status => throw new NotSupportedException($"{_connect}{_node}{_options}{_handler}{_time}{_log}");

    /// <summary>Runs until it is cancelled; no failure of the control plane ends it.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A task that ends by cancellation.</returns>
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
