namespace NodeMesh.Proxy.Pods;

/// <summary>Where an enrolled pod stands.</summary>
internal enum PodState
{
    /// <summary>Enrolled; not captured yet, or a failed capture is tried again.</summary>
    Pending,

    /// <summary>Captured; connections are served.</summary>
    Captured,

    /// <summary>On its way out: no new connections, the old ones drain.</summary>
    Draining,
}
