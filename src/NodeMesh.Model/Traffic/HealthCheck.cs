namespace NodeMesh.Model.Traffic;

/// <summary>How endpoints are asked whether they are well.</summary>
public sealed record HealthCheck
{
    /// <summary>What is asked.</summary>
    public HealthCheckKind Kind { get; init; }

    /// <summary>The path, for <see cref="HealthCheckKind.Http"/>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The host that a request names, for <see cref="HealthCheckKind.Http"/>; empty for the service's own.</summary>
    public string Host { get; init; } = "";

    /// <summary>The statuses of an endpoint that is well, for <see cref="HealthCheckKind.Http"/>; empty for 200 alone.</summary>
    public ValueList<int> ExpectedStatuses { get; init; }

    /// <summary>The service that is asked for, for <see cref="HealthCheckKind.Grpc"/>; empty for the whole server.</summary>
    public string Service { get; init; } = "";

    /// <summary>The endpoint's own port; 0 for the one that its traffic goes to.</summary>
    public int Port { get; init; }

    /// <summary>From the end of a check to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Good checks in a row after which it gets traffic again.</summary>
    public int HealthyThreshold { get; init; } = 1;

    /// <summary>Bad checks in a row after which it gets none.</summary>
    public int UnhealthyThreshold { get; init; } = 3;
}
