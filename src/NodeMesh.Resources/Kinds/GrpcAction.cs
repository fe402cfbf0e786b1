namespace NodeMesh.Resources.Kinds;

/// <summary>A call of grpc.health.v1.Health/Check.</summary>
public sealed record GrpcAction
{
    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The service name sent.</summary>
    public string? Service { get; init; }
}
