using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;

namespace NodeMesh.Control.RateLimits;

/// <summary>A control plane that is the only one.</summary>
/// <param name="time">The clock.</param>
internal sealed class SoleRateLimitLeader(TimeProvider time) : IRateLimitLeader
{
    /// <inheritdoc/>
    public RateLimitCounts Counts { get; } = new(time);

    /// <inheritdoc/>
    public Task<LeaseResponse> AskAsync(LeaseRequest request, string authorization, CancellationToken ct) =>
        throw new GrpcException(GrpcStatusCode.Unavailable, "there is no other replica");
}
