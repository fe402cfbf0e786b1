using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>How endpoints are asked whether they are well: by one of http, tcp and grpc.</summary>
[AtMostOneOf("http", "tcp", "grpc")]
public sealed record ResilienceHealthCheck
{
    /// <summary>By a GET.</summary>
    public ResilienceHttpCheck? Http { get; init; }

    /// <summary>By a connection.</summary>
    public ResilienceTcpCheck? Tcp { get; init; }

    /// <summary>By grpc.health.v1.Health/Check.</summary>
    public ResilienceGrpcCheck? Grpc { get; init; }

    /// <summary>The endpoint's own port; the one that its traffic goes to when missing.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }

    /// <summary>From the end of a check to the next; 10s when missing.</summary>
    [GatewayDuration]
    public string? Interval { get; init; }

    /// <summary>How long an answer is waited for; 1s when missing.</summary>
    [GatewayDuration]
    public string? Timeout { get; init; }

    /// <summary>Good checks in a row after which an endpoint gets traffic again; 1 when missing.</summary>
    [InRange(1, 100)]
    public int? HealthyThreshold { get; init; }

    /// <summary>Bad checks in a row after which an endpoint gets none; 3 when missing.</summary>
    [InRange(1, 100)]
    public int? UnhealthyThreshold { get; init; }
}
