namespace NodeMesh.Identity;

/// <summary>Whose turn it is at the CA when more requests wait than may be under way; lower goes first.</summary>
internal enum RequestPriority
{
    /// <summary>A connection waits for the certificate.</summary>
    Realtime = 0,

    /// <summary>A pod came to the node; its first connection is near.</summary>
    Warmup = 1,

    /// <summary>A renewal: the certificate in use is good for a while.</summary>
    Background = 2,
}
