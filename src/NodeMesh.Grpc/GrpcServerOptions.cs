namespace NodeMesh.Grpc;

/// <summary>What holds for a method that is served.</summary>
public sealed record GrpcServerOptions
{
    /// <summary>The defaults.</summary>
    public static GrpcServerOptions Default { get; } = new();

    /// <summary>The largest message that is read, in bytes. A larger one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int MaxReceiveMessageBytes { get; init; } = GrpcLimits.DefaultMaxReceiveMessageBytes;

    /// <summary>Measures deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
