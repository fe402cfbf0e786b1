namespace NodeMesh.Capture.Forwarding;

/// <summary>The life of a <see cref="KernelPair"/>.</summary>
internal enum KernelPairState
{
    /// <summary>Too few messages have passed, or the server's end is not known.</summary>
    Seeking,

    /// <summary>Both ends are known, but not how they are used.</summary>
    Watched,

    /// <summary>Messages may move in the kernel.</summary>
    Active,

    /// <summary>Disabled, and to be taken out of the kernel's map.</summary>
    Leaving,

    /// <summary>On the ordinary path for good.</summary>
    Off,

    /// <summary>The connection has ended.</summary>
    Ended,
}
