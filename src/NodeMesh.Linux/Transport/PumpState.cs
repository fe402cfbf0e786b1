namespace NodeMesh.Linux.Transport;

/// <summary>Where one direction of a <see cref="SocketForwarder"/> stands after a turn.</summary>
internal enum PumpState
{
    /// <summary>It waits for an event.</summary>
    Waiting,

    /// <summary>Its turn is over before it ran dry.</summary>
    HasMore,

    /// <summary>The source half-closed, and the sink was told.</summary>
    Finished,

    /// <summary>Reading failed.</summary>
    SourceBroke,

    /// <summary>Writing failed.</summary>
    SinkBroke,
}
