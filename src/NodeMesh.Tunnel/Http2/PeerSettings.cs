using System.Buffers.Binary;

namespace NodeMesh.Tunnel.Http2;

/// <summary>What the peer told in SETTINGS (RFC 9113 section 6.5). The output's lock guards it.</summary>
internal sealed class PeerSettings
{
    public uint HeaderTableSize { get; private set; } = 4096;

    public uint MaxConcurrentStreams { get; private set; } = uint.MaxValue;

    public int InitialWindowSize { get; private set; } = Http2Constants.DefaultWindow;

    public int MaxFrameSize { get; private set; } = Http2Constants.DefaultMaxFrameSize;

    /// <summary>Takes over the settings of one frame, in order.</summary>
    /// <param name="payload">The frame's payload, a multiple of six bytes.</param>
    /// <exception cref="Http2ConnectionException">A value is not allowed (section 6.5.2).</exception>
    public void Apply(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch ((SettingId)BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case SettingId.HeaderTableSize:
                    HeaderTableSize = value;
                    break;
                case SettingId.EnablePush when value > 1:
                    throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "SETTINGS_ENABLE_PUSH is neither 0 nor 1 (section 6.5.2)");
                case SettingId.MaxConcurrentStreams:
                    MaxConcurrentStreams = value;
                    break;
                case SettingId.InitialWindowSize when value > Http2Constants.MaxWindow:
                    throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE exceeds 2^31-1 (section 6.5.2)", "window");
                case SettingId.InitialWindowSize:
                    InitialWindowSize = (int)value;
                    break;
                case SettingId.MaxFrameSize when value is < Http2Constants.DefaultMaxFrameSize or > Http2Constants.LargestMaxFrameSize:
                    throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "SETTINGS_MAX_FRAME_SIZE is outside of 16384 to 16777215 (section 6.5.2)");
                case SettingId.MaxFrameSize:
                    MaxFrameSize = (int)value;
                    break;
                default:
                    // Section 6.5.2: unknown settings are ignored. MAX_HEADER_LIST_SIZE is advice; what we send is small.
                    break;
            }
        }
    }
}
