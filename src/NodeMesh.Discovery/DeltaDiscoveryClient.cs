using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using NodeMesh.Discovery.Consuming;
using NodeMesh.Discovery.Protos.Xds;
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
    private readonly ImmutableDictionary<string, TypeReception> _types;
    private readonly Backoff _backoff;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DiscoveryClientStatus _status = new();

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
        _types = options.Types.ToImmutableDictionary(t => t, t => new TypeReception(t), StringComparer.Ordinal);
        _backoff = new Backoff(options.MinBackoff, options.MaxBackoff);
    }

    /// <summary>How the client stands now.</summary>
    public DiscoveryClientStatus Status => _status with
    {
        Types = [.. _options.Types.Select(t => _types[t].Status)],
        Synced = _synced.Task.IsCompleted,
    };

    /// <summary>Waits until the first push of every type has come in full and was applied.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends then.</returns>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    /// <summary>Runs until it is cancelled; no failure of the control plane ends it.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A task that ends by cancellation.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string error;
            var reason = DiscoveryEnd.Complete;
            try
            {
                await StreamAsync(cancellationToken);
                error = "the control plane ended the stream";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Disconnected("the proxy stops");
                _handler.OnEnded(DiscoveryEnd.Complete);
                throw;
            }
            catch (GrpcException e)
            {
                error = e.Message;
                reason = !_status.Connected ? DiscoveryEnd.ConnectionError : e.Code == GrpcStatusCode.Unavailable ? DiscoveryEnd.Reconnect : DiscoveryEnd.Error;
            }
            catch (Exception e)
            {
                // A file that cannot be read, a handler that failed: the last state goes on, and the next attempt may do better.
                LogFailed(_log, e);
                error = e.Message;
                reason = _status.Connected ? DiscoveryEnd.Error : DiscoveryEnd.ConnectionError;
            }

            Disconnected(error);
            _handler.OnEnded(reason);
            var wait = _backoff.Next();
            _status = _status with { FailedAttempts = _backoff.Failures };
            LogDisconnected(_log, error, wait);
            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    private async Task StreamAsync(CancellationToken cancellationToken)
    {
        using var channel = _connect();
        var options = new GrpcCallOptions { Metadata = await MetadataAsync(cancellationToken) };
        await using var call = channel.Duplex(AdsMethods.DeltaAggregatedResources, options, cancellationToken);
        await SubscribeAsync(call, cancellationToken);
        await call.WaitForHeadersAsync(cancellationToken);
        _status = _status with { Connected = true, DisconnectedSince = null, LastError = null, FailedAttempts = 0 };
        LogConnected(_log);
        _handler.OnConnected();
        await foreach (var response in call.ReadAllAsync(cancellationToken))
        {
            // Only an answer shows that the control plane works; headers alone must not reset the back-off.
            _backoff.Reset();
            await call.WriteAsync(await TakeAsync(response, cancellationToken), cancellationToken);
        }
    }

    private async Task SubscribeAsync(GrpcDuplexCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call, CancellationToken cancellationToken)
    {
        var node = DescribeNode();
        foreach (var type in _options.Types)
        {
            var request = _types[type].FirstRequest();
            request.Node = node;
            await call.WriteAsync(request, cancellationToken);
            node = null;
        }
    }

    private async ValueTask<DeltaDiscoveryRequest> TakeAsync(DeltaDiscoveryResponse response, CancellationToken cancellationToken)
    {
        var answer = new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce };
        var rejected = _types.TryGetValue(response.TypeUrl, out var type)
            ? await type.ApplyAsync(response, _handler, _time, cancellationToken)
            : ImmutableArray.Create(new RejectedResource(response.TypeUrl, "nobody subscribed this type"));
        if (!rejected.IsEmpty)
        {
            var reason = TypeReception.Describe(rejected);
            answer.ErrorDetail = new Protos.Rpc.Status { Code = (int)GrpcStatusCode.InvalidArgument, Message = reason };
            LogRejected(_log, response.TypeUrl, rejected.Length, reason);
        }

        _status = _status with { LastUpdate = _time.GetUtcNow() };
        if (!_synced.Task.IsCompleted && _types.Values.All(t => t.Status.Synced))
        {
            _synced.TrySetResult();
        }

        return answer;
    }

    private void Disconnected(string error) => _status = _status with
    {
        Connected = false,
        LastError = error,
        DisconnectedSince = _status.DisconnectedSince ?? (_status.Connected ? _time.GetUtcNow() : null),
    };

    private async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> MetadataAsync(CancellationToken cancellationToken)
    {
        if (_options.TokenFile is not { } file)
        {
            return [];
        }

        var token = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
        return [new("authorization", $"Bearer {token}")];
    }

    private Node DescribeNode()
    {
        var address = _node.Addresses.FirstOrDefault() ?? "0.0.0.0";
        var metadata = new Struct();
        metadata.Fields["NAME"] = Value.ForString(_node.Name);
        metadata.Fields["NAMESPACE"] = Value.ForString(_node.Namespace);
        metadata.Fields["NODE_NAME"] = Value.ForString(_node.Node);
        metadata.Fields["INSTANCE_IPS"] = Value.ForString(string.Join(',', _node.Addresses));
        return new Node
        {
            // The form of ambient mode's proxies, which its tools take apart.
            Id = $"ztunnel~{address}~{_node.Name}.{_node.Namespace}~{_node.Namespace}.svc.cluster.local",
            Metadata = metadata,
            UserAgentName = "nodemesh-proxy",
            Locality = new Locality { Region = _node.Locality.Region, Zone = _node.Locality.Zone, SubZone = _node.Locality.Subzone },
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "discovery connected")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery disconnected: {Reason}; the last state stays, next attempt in {Wait}")]
    private static partial void LogDisconnected(ILogger logger, string reason, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} resources of {TypeUrl} refused: {Reason}")]
    private static partial void LogRejected(ILogger logger, string typeUrl, int count, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "discovery failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
