using System.Net;
using System.Net.Security;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.RateLimits;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;
using NodeMesh.Kubernetes;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// The buckets that all nodes share, where there are several replicas: the leader keeps them all, and the others pass on what proxies ask them. Another
/// leader begins with full buckets.
/// </summary>
/// <param name="client">Knows where the leader's pod is.</param>
/// <param name="configuration">The configuration, which all replicas have.</param>
/// <param name="authority">The CA, which all replicas have: by its roots the leader's certificate is judged.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterRateLimits(KubernetesClient client, ControlConfiguration configuration, Identity.CertificateAuthority authority, TimeProvider time) : IRateLimitLeader, IDisposable
{
    // Less than a proxy waits, so that it hears why.
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(800);

    private readonly Lock _gate = new();
    private volatile RateLimitCounts? _counts;
    private volatile string? _leader;
    private LeaderChannel? _channel;

    /// <inheritdoc/>
    public RateLimitCounts? Counts => _counts;

    /// <summary>Keeps the buckets for as long as this replica leads.</summary>
    /// <param name="ct">It leads no longer.</param>
    public async Task LeadAsync(CancellationToken ct)
    {
        _counts = new RateLimitCounts(time);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
        }
        finally
        {
            _counts = null;
        }
    }

    /// <summary>Notes who leads.</summary>
    /// <param name="leader">The replica's name, which is its pod's.</param>
    public void Follow(string leader) => _leader = leader;

    /// <inheritdoc/>
    public async Task<LeaseResponse> AskAsync(LeaseRequest request, string authorization, CancellationToken ct)
    {
        var leader = _leader ?? throw new GrpcException(GrpcStatusCode.Unavailable, "no replica leads");
        var channel = Find(leader) ?? Keep(new LeaderChannel(leader, await ConnectAsync(leader, ct)));
        try
        {
            var options = new GrpcCallOptions { Metadata = [new("authorization", authorization), new(RateLimitEndpoint.Forwarded, "true")], Deadline = Deadline };
            return await channel.Channel.UnaryAsync(RateLimitMethods.Lease, request, options, ct);
        }
        catch (GrpcException e) when (e.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded)
        {
            // Its pod may have another address by now.
            Drop(channel);
            throw new GrpcException(GrpcStatusCode.Unavailable, $"the replica {leader}, which leads, cannot be asked: {e.Detail}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _channel?.Channel.Dispose();
            _channel = null;
        }
    }

    private LeaderChannel? Find(string leader)
    {
        lock (_gate)
        {
            return _channel?.Leader == leader ? _channel : null;
        }
    }

    private LeaderChannel Keep(LeaderChannel made)
    {
        lock (_gate)
        {
            if (_channel?.Leader == made.Leader)
            {
                made.Channel.Dispose();
                return _channel;
            }

            _channel?.Channel.Dispose();
            return _channel = made;
        }
    }

    private void Drop(LeaderChannel channel)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_channel, channel))
            {
                _channel = null;
            }
        }

        channel.Channel.Dispose();
    }

    private async Task<GrpcChannel> ConnectAsync(string leader, CancellationToken ct)
    {
        try
        {
            var pod = await client.Resources(KubernetesKinds.Pods).InNamespace(configuration.MeshNamespace).FindAsync(leader, ct);
            if (!IPAddress.TryParse(pod?.Status?.PodIP, out var address))
            {
                throw new GrpcException(GrpcStatusCode.Unavailable, $"the replica {leader}, which leads, has no pod with an address");
            }

            var transport = new GrpcTransportOptions
            {
                ConnectTimeout = Deadline,
                Tls = new SslClientAuthenticationOptions
                {
                    TargetHost = $"nodemesh-control.{configuration.MeshNamespace}.svc",
                    CertificateChainPolicy = authority.Bundle.CreateChainPolicy(),
                },
            };
            var port = configuration.ListenEndPoint.Port;
            return new GrpcChannel(GrpcTransport.Create(transport), new Uri($"https://{new IPEndPoint(address, port)}"), new GrpcChannelOptions { TimeProvider = time }, ownsInvoker: true);
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, "the API server, which knows where the leading replica is, cannot be asked", e);
        }
    }

    private sealed record LeaderChannel(string Leader, GrpcChannel Channel);
}
