namespace NodeMesh.Resources.Kinds;

/// <summary>A check of a container; exactly one of exec, httpGet, tcpSocket and grpc is set.</summary>
public sealed record Probe
{
    /// <summary>Succeeds when the command exits 0.</summary>
    public ExecAction? Exec { get; init; }

    /// <summary>Succeeds on a status from 200 to 399.</summary>
    public HttpGetAction? HttpGet { get; init; }

    /// <summary>Succeeds when the port accepts.</summary>
    public TcpSocketAction? TcpSocket { get; init; }

    /// <summary>Succeeds when the health service says SERVING.</summary>
    public GrpcAction? Grpc { get; init; }

    /// <summary>Seconds before the first check; 0 when missing.</summary>
    public int? InitialDelaySeconds { get; init; }

    /// <summary>Seconds between checks; 10 when missing.</summary>
    public int? PeriodSeconds { get; init; }

    /// <summary>Seconds that a check may take; 1 when missing.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Successes in a row that make it succeed; 1 when missing.</summary>
    public int? SuccessThreshold { get; init; }

    /// <summary>Failures in a row that make it fail; 3 when missing.</summary>
    public int? FailureThreshold { get; init; }

    /// <summary>Overrides the pod's.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }
}
