using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace NodeMesh.Tunnel.Http2;

/// <content>Reading frames (RFC 9113 section 6).</content>
internal abstract partial class Http2Connection
{
    // More settings than this in one frame have no honest use: six are defined.
    private const int MaxSettings = 64;

    private bool _settingsReceived;

    private async Task ReadFramesAsync(CancellationToken ct)
    {
        while (await _input.FillAsync(FrameHeader.Size, ct))
        {
            var header = FrameHeader.Read(_input.Buffered);
            _input.Skip(FrameHeader.Size);
            _active = true;
            CheckHeader(header);
            switch (header.Type)
            {
                case FrameType.Data:
                    await ReadDataAsync(header, ct);
                    break;
                case FrameType.Headers:
                case FrameType.Continuation:
                    await ReadHeaderBlockAsync(header, ct);
                    break;
                case FrameType.GoAway:
                    await _input.FillAsync(8, ct);
                    OnGoAway(header);
                    _input.Skip(8);
                    await SkipAsync(header.Length - 8, ct);
                    break;
                case FrameType.Priority:
                    OnPriority(header);
                    await SkipAsync(header.Length, ct);
                    break;
                case FrameType.RstStream or FrameType.Settings or FrameType.Ping or FrameType.WindowUpdate:
                    await _input.FillAsync(header.Length, ct);
                    OnControlFrame(header);
                    _input.Skip(header.Length);
                    break;
                default:
                    // Section 5.5: unknown types are ignored.
                    _flood.OnUseless();
                    await SkipAsync(header.Length, ct);
                    break;
            }
        }
    }

    // What can be said of a frame before its payload is read.
    private void CheckHeader(FrameHeader header)
    {
        if (header.Length > _options.MaxFrameSize)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, $"a frame of {header.Length} bytes exceeds SETTINGS_MAX_FRAME_SIZE (section 4.2)", "frame-size");
        }

        if (_openBlock != 0 && (header.Type != FrameType.Continuation || header.StreamId != _openBlock))
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "a header block is interrupted by another frame (section 6.10)");
        }

        if (!_settingsReceived && (header.Type != FrameType.Settings || header.Has(FrameFlags.Ack)))
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "the first frame is not SETTINGS (section 3.4)");
        }

        var sizeIsWrong = header.Type switch
        {
            FrameType.RstStream or FrameType.WindowUpdate => header.Length != 4,
            FrameType.Ping => header.Length != 8,
            FrameType.GoAway => header.Length < 8,
            FrameType.Settings => header.Length % 6 != 0 || (header.Has(FrameFlags.Ack) && header.Length != 0),
            _ => false,
        };
        if (sizeIsWrong)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, $"{header.Type} of {header.Length} bytes (sections 6.4 to 6.9)", "frame-size");
        }

        switch (header.Type)
        {
            case FrameType.Data or FrameType.Headers or FrameType.Priority or FrameType.RstStream or FrameType.Continuation when header.StreamId == 0:
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"{header.Type} on stream 0 (sections 6.1 to 6.4, 6.10)");
            case FrameType.Settings or FrameType.Ping or FrameType.GoAway when header.StreamId != 0:
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"{header.Type} on stream {header.StreamId} (sections 6.5, 6.7, 6.8)");
            case FrameType.Data or FrameType.RstStream or FrameType.WindowUpdate when header.StreamId != 0 && !WasOpened(header.StreamId):
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"{header.Type} on idle stream {header.StreamId} (section 5.1)");
            case FrameType.PushPromise:
                // Section 8.4: a client cannot push, and a server may not since we send SETTINGS_ENABLE_PUSH 0.
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "PUSH_PROMISE, though push is off (section 8.4)");
            case FrameType.Continuation when _openBlock == 0:
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "CONTINUATION without HEADERS before it (section 6.10)");
            case FrameType.Settings when header.Length > MaxSettings * 6:
                throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, "a SETTINGS frame with too many settings", "settings");
            default:
                break;
        }
    }

    private void OnControlFrame(FrameHeader header)
    {
        var payload = _input.Buffered[..header.Length];
        switch (header.Type)
        {
            case FrameType.Settings:
                OnSettings(header, payload);
                break;
            case FrameType.Ping:
                OnPing(header, payload);
                break;
            case FrameType.RstStream:
                OnReset(header.StreamId, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
                break;
            case FrameType.WindowUpdate:
                _flood.OnWindowUpdate(Output.FramesSent, Output.BytesSent);
                OnWindowUpdate(header, BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
            default:
                break;
        }
    }

    // Section 5.3.2: priorities are deprecated; the frame is checked and ignored.
    private void OnPriority(FrameHeader header)
    {
        _flood.OnUseless();
        if (header.Length != 5)
        {
            ResetByError(header.StreamId, Http2ErrorCode.FrameSizeError, "PRIORITY is not of 5 bytes (section 6.3)");
        }
    }

    private void OnSettings(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _settingsReceived = true;
        if (header.Has(FrameFlags.Ack))
        {
            return;
        }

        _flood.OnSettings();
        lock (Output.Gate)
        {
            var before = _peer.InitialWindowSize;
            _peer.Apply(payload);
            Output.MaxFrameSize = _peer.MaxFrameSize;
            _encoder.SetPeerTableSize(_peer.HeaderTableSize);
            if (_peer.InitialWindowSize != before)
            {
                ShiftStreamWindows(_peer.InitialWindowSize - before);
            }

            Output.Control.WriteSettingsAck();
        }

        Output.Wake();
    }

    private void OnPing(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Has(FrameFlags.Ack))
        {
            OnPong(payload);
            return;
        }

        _flood.OnPing();
        lock (Output.Gate)
        {
            Output.Control.WritePing(payload, ack: true);
        }

        Output.Wake();
    }

    private void OnReset(int streamId, Http2ErrorCode code)
    {
        if (Find(streamId) is not { } stream)
        {
            // Section 5.1: a stream that we closed may still be reset by a peer that does not know.
            _flood.OnUseless();
            return;
        }

        OnPeerReset(stream);
        bool ended;
        lock (Output.Gate)
        {
            ended = stream.RemoteEnded;
        }

        if (code == Http2ErrorCode.RefusedStream)
        {
            stream.OnReset(new StreamRefusedException("the far end refused the request before it looked at it"), keepReceived: false);
            return;
        }

        stream.OnReset(StreamErrors.ResetByPeer(code), keepReceived: ended && code is Http2ErrorCode.NoError or Http2ErrorCode.Cancel);
    }

    /// <summary>The peer reset a stream; before the stream hears of it.</summary>
    /// <param name="stream">The stream.</param>
    protected virtual void OnPeerReset(Http2Stream stream)
    {
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadDataAsync(FrameHeader header, CancellationToken ct)
    {
        var length = header.Length;
        var padding = 0;
        if (header.Has(FrameFlags.Padded))
        {
            padding = await ReadPaddingAsync(header.Length, ct);
            length -= 1 + padding;
        }

        var stream = AdmitData(header, length);
        var unused = header.Length - length;
        if (stream is null)
        {
            await SkipAsync(header.Length - (header.Has(FrameFlags.Padded) ? 1 : 0), ct);
            ReturnUnused(null, header.Length);
            return;
        }

        Interlocked.Add(ref _bytesReceived, length);
        while (length > 0)
        {
            var memory = stream.Receive.Reserve(length);
            var read = 0;
            try
            {
                read = await _input.ReadAsync(memory, ct);
            }
            finally
            {
                stream.Receive.Commit(read);
            }

            DeliverLater(stream);
            length -= read;
        }

        await SkipAsync(padding, ct);
        ReturnUnused(stream, unused);
        if (header.Has(FrameFlags.EndStream))
        {
            EndRemote(stream);
        }
    }

    private async ValueTask<int> ReadPaddingAsync(int length, CancellationToken ct)
    {
        // Section 6.1: padding that is as long as the payload, or longer, is an error of the connection.
        if (length == 0)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "a padded frame without a pad length (section 4.2)", "frame-size");
        }

        await _input.FillAsync(1, ct);
        var padding = _input.Buffered[0];
        _input.Skip(1);
        return padding < length ? padding : throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "padding is longer than the frame (section 6.1)");
    }

    // Takes the frame off the windows, and finds the stream that wants its data.
    private Http2Stream? AdmitData(FrameHeader header, int length)
    {
        if (length == 0 && !header.Has(FrameFlags.EndStream))
        {
            _flood.OnEmptyData();
        }

        Http2Stream? stream;
        var overrun = false;
        lock (Output.Gate)
        {
            // Section 6.9.1: every DATA frame counts, whole and even where its stream is gone.
            _receiveWindow -= header.Length;
            if (_receiveWindow < 0)
            {
                throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "DATA beyond the connection's window (section 6.9.1)", "window");
            }

            if (_streams.TryGetValue(header.StreamId, out stream) && !stream.RemoteEnded)
            {
                stream.ReceiveWindow -= header.Length;
                overrun = stream.ReceiveWindow < 0;
            }
        }

        if (overrun)
        {
            ResetByError(header.StreamId, Http2ErrorCode.FlowControlError, "DATA beyond the stream's window (section 6.9.1)");
            return null;
        }

        if (stream is null || stream.RemoteEnded)
        {
            _flood.OnUseless();
            if (stream is not null || !WasResetByUs(header.StreamId))
            {
                ResetByError(header.StreamId, Http2ErrorCode.StreamClosed, "DATA on a stream that the peer has ended (section 5.1)");
            }

            return null;
        }

        return stream;
    }

    /// <summary>The peer ended its side of a stream.</summary>
    /// <param name="stream">The stream.</param>
    protected void EndRemote(Http2Stream stream)
    {
        lock (Output.Gate)
        {
            stream.RemoteEnded = true;
            if (stream.Send.Ended)
            {
                Forget(stream, resetByUs: false);
            }
        }

        stream.Receive.End();
    }

    /// <summary>Ends a stream with an error (section 5.4.2), whether we have it or not.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="code">What the peer is told.</param>
    /// <param name="why">What our own side is told.</param>
    protected void ResetByError(int streamId, Http2ErrorCode code, string why)
    {
        _flood.OnUseless();
        TunnelMetrics.StreamError(Side, code);
        if (Find(streamId) is { } stream)
        {
            stream.Reset(code, StreamErrors.TunnelLost($"the far end broke HTTP/2: {why}", null));
            return;
        }

        lock (Output.Gate)
        {
            Output.Control.WriteReset(streamId, code);
        }

        Output.Wake();
    }

    private ValueTask SkipAsync(int count, CancellationToken ct) => count == 0 ? ValueTask.CompletedTask : SkipSlowAsync(count, ct);

    private async ValueTask SkipSlowAsync(int count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (_input.BufferedCount == 0 && !await _input.FillAsync(1, ct))
            {
                throw new EndOfStreamException("the peer closed the connection inside of a frame");
            }

            var skipped = Math.Min(count, _input.BufferedCount);
            _input.Skip(skipped);
            count -= skipped;
        }
    }
}
