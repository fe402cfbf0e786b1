using NodeMesh.Discovery.Protos.RateLimits;

namespace NodeMesh.Control.RateLimits;

/// <summary>Knows which replica keeps the buckets: one for all keys, so that each key has one bucket.</summary>
internal interface IRateLimitLeader
{
    /// <summary>The buckets, if this replica keeps them; null while another does, or none.</summary>
    RateLimitCounts? Counts { get; }

    /// <summary>Asks the replica that keeps them.</summary>
    /// <param name="request">What a node asks.</param>
    /// <param name="authorization">The node's own proof, by which that replica judges.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="Grpc.GrpcException">It cannot be asked (UNAVAILABLE), or refuses.</exception>
    Task<LeaseResponse> AskAsync(LeaseRequest request, string authorization, CancellationToken ct);
}
