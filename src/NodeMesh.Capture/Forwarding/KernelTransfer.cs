namespace NodeMesh.Capture.Forwarding;

/// <summary>What a pair has moved in the kernel.</summary>
/// <param name="RequestBytes">From the client to the server.</param>
/// <param name="ResponseBytes">From the server to the client.</param>
/// <param name="Messages">Both ways.</param>
public readonly record struct KernelTransfer(long RequestBytes, long ResponseBytes, long Messages)
{
    /// <summary>Both ways.</summary>
    public long Bytes => RequestBytes + ResponseBytes;
}
