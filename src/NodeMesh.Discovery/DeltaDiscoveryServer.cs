using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Discovery.Serving;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery;

/// <summary>
/// Serves delta discovery: holds the present resources, and on each stream sends what the proxy wants and does not have. Streams that open before the
/// first <see cref="Update"/> wait for it, so that a control plane which has just started never tells a proxy to forget what it knows.
/// </summary>
public sealed partial class DeltaDiscoveryServer
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceTable> _tables;
    private readonly HashSet<DiscoverySession> _sessions = [];
    private readonly DeltaDiscoveryServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _revision;

    /// <summary>Makes a server without resources.</summary>
    /// <param name="options">How pushes are paced.</param>
    /// <param name="time">The clock of the status.</param>
    /// <param name="log">Where to log.</param>
    public DeltaDiscoveryServer(DeltaDiscoveryServerOptions options, TimeProvider time, ILoggerFactory log)
    {
        _options = options;
        _time = time;
        _log = log.CreateLogger<DeltaDiscoveryServer>();
        string[] types = [TypeUrls.Address, TypeUrls.Authorization, TypeUrls.NetworkPolicy, TypeUrls.Node, TypeUrls.Routes];
        _tables = types.ToDictionary(t => t, t => new ResourceTable(t), StringComparer.Ordinal);
    }

    /// <summary>True after the first <see cref="Update"/>.</summary>
    public bool IsReady => Interlocked.Read(ref _revision) > 0;

    /// <summary>How many changes there were: the revision that responses carry in <c>system_version_info</c>.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    /// <summary>The connected proxies, by node.</summary>
    public IReadOnlyList<ProxyStatus> Proxies
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions.Select(s => s.Status()).OrderBy(s => s.Node, StringComparer.Ordinal).ThenBy(s => s.ConnectedSince)];
            }
        }
    }

    /// <summary>Takes a change and wakes the streams that it concerns; does not wait for them.</summary>
    /// <param name="change">The change; the first one must hold everything.</param>
    /// <exception cref="ArgumentException">It names a type that is not served.</exception>
    public void Update(DiscoverySnapshotChange change)
    {
        lock (_gate)
        {
            var first = _revision == 0;
            Interlocked.Increment(ref _revision);
            foreach (var type in change.Types)
            {
                if (!_tables.TryGetValue(type.TypeUrl, out var table))
                {
                    throw new ArgumentException($"{type.TypeUrl} is not served", nameof(change));
                }

                var affected = table.Apply(type);
                foreach (var session in _sessions)
                {
                    if (affected.Count > 0 && session.Find(type.TypeUrl)?.Touch(affected) == true)
                    {
                        session.Wake();
                    }
                }
            }

            if (first)
            {
                foreach (var session in _sessions)
                {
                    session.Wake();
                }
            }
        }
    }

    /// <summary>Serves one stream until the client ends it.</summary>
    /// <param name="requests">What the client says.</param>
    /// <param name="responses">Where to answer.</param>
    /// <param name="peer">Who the client is.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>A task that ends with the stream.</returns>
    /// <exception cref="GrpcException">The client asked for what is not served (INVALID_ARGUMENT) or for too much (RESOURCE_EXHAUSTED).</exception>
    public async Task HandleAsync(IAsyncEnumerable<DeltaDiscoveryRequest> requests, GrpcServerStream<DeltaDiscoveryResponse> responses, DiscoveryPeer peer, CancellationToken cancellationToken)
    {
        var session = new DiscoverySession(peer, _time.GetUtcNow());
        lock (_gate)
        {
            _sessions.Add(session);
        }

        LogConnected(_log, peer.Node, peer.RemoteEndPoint);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(requests, session, ending.Token);
        var sending = SendAsync(responses, session, ending.Token);
        try
        {
            await await Task.WhenAny(receiving, sending);
        }
        finally
        {
            lock (_gate)
            {
                _sessions.Remove(session);
            }

            await ending.CancelAsync();
            await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LogDisconnected(_log, peer.Node, peer.RemoteEndPoint);
        }
    }

    private async Task ReceiveAsync(IAsyncEnumerable<DeltaDiscoveryRequest> requests, DiscoverySession session, CancellationToken cancellationToken)
    {
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            string? rejection;
            lock (_gate)
            {
                rejection = Take(request, session);
            }

            if (rejection is not null)
            {
                LogRejected(_log, session.Peer.Node, request.TypeUrl, request.ResponseNonce, rejection);
            }

            session.Wake();
        }
    }

    private string? Take(DeltaDiscoveryRequest request, DiscoverySession session)
    {
        if (request.Node is { Id.Length: > 0 } node)
        {
            session.NodeId = node.Id;
        }

        if (!_tables.TryGetValue(request.TypeUrl, out var table))
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"type_url '{request.TypeUrl}' is not served; served are {string.Join(", ", _tables.Keys)}");
        }

        string? rejection = null;
        if (session.Find(request.TypeUrl) is { } subscription)
        {
            rejection = subscription.Acknowledge(request, _time.GetUtcNow());
            subscription.Subscribe(request, isFirst: false);
        }
        else
        {
            session.Open(table, _options).Open(request);
        }

        if (session.RequestedCount > _options.MaxSubscriptions)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"a stream may subscribe {_options.MaxSubscriptions} names; subscribe everything instead");
        }

        return rejection;
    }

    private async Task SendAsync(GrpcServerStream<DeltaDiscoveryResponse> responses, DiscoverySession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            await session.WaitAsync(cancellationToken);
            while (Next(session) is { } response)
            {
                await responses.WriteAsync(response, cancellationToken);
            }
        }
    }

    private DeltaDiscoveryResponse? Next(DiscoverySession session)
    {
        lock (_gate)
        {
            return _revision == 0 ? null : session.Next(_revision.ToString(CultureInfo.InvariantCulture), _time.GetUtcNow());
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "proxy of node {Node} connected from {RemoteEndPoint}")]
    private static partial void LogConnected(ILogger logger, string node, System.Net.IPEndPoint? remoteEndPoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "proxy of node {Node} at {RemoteEndPoint} disconnected")]
    private static partial void LogDisconnected(ILogger logger, string node, System.Net.IPEndPoint? remoteEndPoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "proxy of node {Node} refused {TypeUrl}, nonce {Nonce}: {Reason}")]
    private static partial void LogRejected(ILogger logger, string node, string typeUrl, string nonce, string reason);
}
