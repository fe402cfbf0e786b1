using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How readiness is told.</summary>
[AtMostOneOf("httpGet", "tcpSocket", "exec", "grpc")]
public sealed record WorkloadProbe
{
    /// <summary>Seconds before the first check.</summary>
    [InRange(0, 2147483647)]
    public int? InitialDelaySeconds { get; init; }

    /// <summary>Seconds that a check may take; 1 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Seconds between checks; 10 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? PeriodSeconds { get; init; }

    /// <summary>Successes in a row; 1 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? SuccessThreshold { get; init; }

    /// <summary>Failures in a row; 3 when missing.</summary>
    [InRange(0, 2147483647)]
    public int? FailureThreshold { get; init; }

    /// <summary>By an HTTP request.</summary>
    public WorkloadHttpCheck? HttpGet { get; init; }

    /// <summary>By a connection.</summary>
    public WorkloadTcpCheck? TcpSocket { get; init; }

    /// <summary>By a command.</summary>
    public WorkloadExecCheck? Exec { get; init; }

    /// <summary>By gRPC's health service.</summary>
    public WorkloadGrpcCheck? Grpc { get; init; }
}
