using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery;

/// <summary>The methods of <c>nodemesh.discovery.v1.RateLimitService</c>, and what both ends keep to.</summary>
public static class RateLimitMethods
{
    /// <summary>The most that one call asks for.</summary>
    public const int MaxAsks = 1000;

    /// <summary>The length of a key in bytes.</summary>
    public const int KeyBytes = 16;

    /// <summary>Takes tokens, and gives back those that were not used.</summary>
    public static GrpcMethod<LeaseRequest, LeaseResponse> Lease { get; } =
        new("nodemesh.discovery.v1.RateLimitService", "Lease", LeaseRequest.Parser, LeaseResponse.Parser);
}
