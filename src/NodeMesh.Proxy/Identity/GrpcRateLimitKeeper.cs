using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.Identity;

/// <summary>The control plane's buckets, over <c>nodemesh.discovery.v1.RateLimitService/Lease</c>.</summary>
/// <param name="channel">The channel to the control plane.</param>
/// <param name="token">What proves this node.</param>
/// <param name="clusterId">The cluster's name.</param>
/// <param name="deadline">How long an answer may take.</param>
internal sealed class GrpcRateLimitKeeper(GrpcChannel channel, NodeToken token, string clusterId, TimeSpan deadline) : IRateLimitKeeper
{
    /// <summary>Requests wait for the answer. A control plane that takes longer counts as away, and then nobody waits for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<LeaseResponse> LeaseAsync(LeaseRequest request, CancellationToken ct)
    {
        var bearer = await token.ReadAsync(ct);
        var options = new GrpcCallOptions { Metadata = [new("authorization", $"Bearer {bearer}"), new("clusterid", clusterId)], Deadline = deadline };
        return await channel.UnaryAsync(RateLimitMethods.Lease, request, options, ct);
    }
}
