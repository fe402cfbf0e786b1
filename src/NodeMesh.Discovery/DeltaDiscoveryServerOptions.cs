namespace NodeMesh.Discovery;

/// <summary>How a server paces its pushes.</summary>
public sealed record DeltaDiscoveryServerOptions
{
    /// <summary>What the server calls itself.</summary>
    public string Identifier { get; init; } = "nodemesh-control";

    /// <summary>Resources in one response at most; a bigger push comes in parts.</summary>
    public int MaxResourcesPerResponse { get; init; } = 1000;

    /// <summary>Bytes of resources in one response at most (one resource may exceed it).</summary>
    public int MaxBytesPerResponse { get; init; } = 1024 * 1024;

    /// <summary>Responses of one type that may wait for their ACK; what changes meanwhile is joined into the next one.</summary>
    public int MaxUnacknowledged { get; init; } = 2;

    /// <summary>Names that one stream may subscribe; more end it with RESOURCE_EXHAUSTED.</summary>
    public int MaxSubscriptions { get; init; } = 200_000;
}
