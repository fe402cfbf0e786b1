namespace NodeMesh.Proxy.Telemetry;

/// <summary>How access lines are written.</summary>
internal enum AccessLogFormat
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary><c>key=value</c>.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
