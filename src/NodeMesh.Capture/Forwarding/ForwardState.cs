namespace NodeMesh.Capture.Forwarding;

/// <summary><c>enum forward_state</c>.</summary>
internal enum ForwardState : uint
{
    /// <summary>Not used yet, or not non-blocking yet.</summary>
    None = 0,

    /// <summary>Seen to be non-blocking; the proxy was told where it is.</summary>
    Found = 1,

    /// <summary>No longer non-blocking.</summary>
    Blocking = 2,

    /// <summary>The proxy's own end of a leg: always non-blocking, and known.</summary>
    Proxy = 3,
}
