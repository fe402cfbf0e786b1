namespace NodeMesh.Capture.Forwarding;

/// <summary>The life of a <see cref="KernelPair"/>.</summary>
internal enum KernelPairState
{
    /// <summary>The server's end has not been established yet.</summary>
    Seeking,

    /// <summary>Both ends are known; programs watch how they are used.</summary>
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
