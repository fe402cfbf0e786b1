namespace NodeMesh.Model.AccessLogging;

/// <summary>Which access lines are written of a workload: what Telemetries say of it.</summary>
public sealed record AccessLogPolicy
{
    /// <summary>Of what it calls, at its own node.</summary>
    public AccessLogRule Client { get; init; } = AccessLogRule.All;

    /// <summary>Of what calls it, at its own node.</summary>
    public AccessLogRule Server { get; init; } = AccessLogRule.All;
}
