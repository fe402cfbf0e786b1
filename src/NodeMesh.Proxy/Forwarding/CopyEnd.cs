namespace NodeMesh.Proxy.Forwarding;

/// <summary>How a copy loop ended.</summary>
internal enum CopyEnd
{
    /// <summary>The source half-closed, and the sink was told.</summary>
    Finished,

    /// <summary>Reading failed: the source was reset, or this side aborted it.</summary>
    SourceBroke,

    /// <summary>Writing failed: the sink was reset, or this side aborted it.</summary>
    SinkBroke,
}
