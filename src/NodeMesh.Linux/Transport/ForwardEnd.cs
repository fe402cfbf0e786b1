namespace NodeMesh.Linux.Transport;

/// <summary>How a <see cref="SocketForwarder"/> ended.</summary>
public enum ForwardEnd
{
    /// <summary>Both directions were half-closed, in whatever order.</summary>
    Completed,

    /// <summary>The client's end was reset.</summary>
    ClientBroke,

    /// <summary>The server's end was reset.</summary>
    ServerBroke,

    /// <summary>One of the connections was aborted or disposed on this side.</summary>
    Aborted,

    /// <summary>A fault of this process.</summary>
    Fault,
}
