namespace NodeMesh.Grpc;

/// <summary>What holds for all calls of a channel.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>The largest message that is read, in bytes; 200 MB as ambient proxies allow, since the first push of a big mesh is big. A larger one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int MaxReceiveMessageBytes { get; init; } = GrpcLimits.DefaultMaxReceiveMessageBytes;

    /// <summary>Measures deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
