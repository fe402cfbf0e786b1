using NodeMesh.Discovery.Protos.RateLimits;

namespace NodeMesh.Proxy.Resilience;

/// <summary>Keeps the buckets of limits that all nodes share: the control plane.</summary>
internal interface IRateLimitKeeper
{
    /// <summary>Takes tokens, and gives back those that were not used.</summary>
    /// <param name="request">Of which buckets, and how many.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What is given, one answer for each ask.</returns>
    /// <exception cref="Grpc.GrpcException">It refuses, or cannot be reached within the time that requests may wait for it.</exception>
    /// <exception cref="IOException">The node's token cannot be read.</exception>
    Task<LeaseResponse> LeaseAsync(LeaseRequest request, CancellationToken ct);
}
