namespace NodeMesh.Tunnel.Http2;

/// <summary>Numbers of RFC 9113.</summary>
internal static class Http2Constants
{
    /// <summary>Windows of streams and of the connection before anything was said (section 6.9.2).</summary>
    public const int DefaultWindow = 65_535;

    /// <summary>The largest window (section 6.9.1).</summary>
    public const long MaxWindow = int.MaxValue;

    /// <summary>SETTINGS_MAX_FRAME_SIZE before anything was said, and its least value (section 6.5.2).</summary>
    public const int DefaultMaxFrameSize = 16_384;

    /// <summary>The greatest SETTINGS_MAX_FRAME_SIZE (section 6.5.2).</summary>
    public const int LargestMaxFrameSize = 16_777_215;

    /// <summary>What a client sends first (section 3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
}
