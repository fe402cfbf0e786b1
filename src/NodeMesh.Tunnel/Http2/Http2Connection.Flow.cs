namespace NodeMesh.Tunnel.Http2;

/// <content>Windows (RFC 9113 sections 5.2 and 6.9).</content>
internal abstract partial class Http2Connection
{
    private long _bytesReceived;
    private int _unreturned;
    private long _receiveWindow;

    /// <summary>Lets the peer send as much again as was consumed. Batched: a WINDOW_UPDATE per quarter of a window.</summary>
    /// <param name="stream">Whose data it was.</param>
    /// <param name="count">Bytes consumed.</param>
    public void ReturnCredit(Http2Stream stream, int count)
    {
        bool wake;
        lock (Output.Gate)
        {
            wake = ReturnConnectionCredit(count);
            stream.Unreturned += count;
            if (stream.Unreturned >= _options.StreamWindow / 4 && !stream.RemoteEnded && !stream.IsClosed)
            {
                Output.Control.WriteWindowUpdate(stream.Id, stream.Unreturned);
                stream.ReceiveWindow += stream.Unreturned;
                stream.Unreturned = 0;
                wake = true;
            }
        }

        if (wake)
        {
            Output.Wake();
        }
    }

    private bool ReturnConnectionCredit(int count)
    {
        _unreturned += count;
        if (_unreturned < _options.ConnectionWindow / 4)
        {
            return false;
        }

        Output.Control.WriteWindowUpdate(0, _unreturned);
        _receiveWindow += _unreturned;
        _unreturned = 0;
        return true;
    }

    // What arrived for nobody: padding, and data of streams that are gone.
    private void ReturnUnused(Http2Stream? stream, int count)
    {
        if (count == 0)
        {
            return;
        }

        if (stream is not null)
        {
            ReturnCredit(stream, count);
            return;
        }

        bool wake;
        lock (Output.Gate)
        {
            wake = ReturnConnectionCredit(count);
        }

        if (wake)
        {
            Output.Wake();
        }
    }

    private void OnWindowUpdate(FrameHeader header, int increment)
    {
        if (increment == 0)
        {
            // Section 6.9: an error of the stream, or of the connection when it is the connection's window.
            if (header.StreamId == 0)
            {
                throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "WINDOW_UPDATE of 0 (section 6.9)", "window");
            }

            ResetByError(header.StreamId, Http2ErrorCode.ProtocolError, "WINDOW_UPDATE of 0 (section 6.9)");
            return;
        }

        if (header.StreamId == 0)
        {
            lock (Output.Gate)
            {
                // Section 6.9.1.
                Output.Window += increment;
                if (Output.Window > Http2Constants.MaxWindow)
                {
                    throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "the connection's window exceeds 2^31-1 (section 6.9.1)", "window");
                }
            }

            Output.Wake();
            return;
        }

        GrowStreamWindow(header.StreamId, increment);
    }

    private void GrowStreamWindow(int streamId, int increment)
    {
        var overflow = false;
        lock (Output.Gate)
        {
            if (!_streams.TryGetValue(streamId, out var stream))
            {
                return;
            }

            stream.Send.Window += increment;
            overflow = stream.Send.Window > Http2Constants.MaxWindow;
            if (!overflow)
            {
                Output.Enqueue(stream, newcomer: false);
            }
        }

        if (overflow)
        {
            ResetByError(streamId, Http2ErrorCode.FlowControlError, "the stream's window exceeds 2^31-1 (section 6.9.1)");
        }

        Output.Wake();
    }

    // Section 6.9.2: a change of the initial size moves the windows of all open streams, below zero if need be.
    private void ShiftStreamWindows(int by)
    {
        foreach (var stream in _streams.Values)
        {
            stream.Send.Window += by;
            if (stream.Send.Window > Http2Constants.MaxWindow)
            {
                throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE lifts a stream's window over 2^31-1 (section 6.9.2)", "window");
            }

            Output.Enqueue(stream, newcomer: false);
        }
    }
}
