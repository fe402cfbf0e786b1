namespace NodeMesh.Grpc;

/// <summary>Limits that both ends share.</summary>
public static class GrpcLimits
{
    /// <summary>200 MB: what ambient mode's proxies accept.</summary>
    public const int DefaultMaxReceiveMessageBytes = 200 * 1000 * 1000;

    /// <summary>Compressed flag (1 byte) and big-endian length (4 bytes) before each message.</summary>
    internal const int PrefixBytes = 5;
}
