using System.IO.Pipelines;
using System.Net.Sockets;

namespace NodeMesh.Linux.Transport;

/// <content>The flush that does not wait.</content>
internal sealed partial class SocketPipeWriter
{
    /// <summary>Sends the one buffer that there is. Mostly the socket takes it: no state machine then.</summary>
    private ValueTask<FlushResult> SendCurrent(CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return new ValueTask<FlushResult>(Canceled());
        }

        int sent;
        SocketError error;
        try
        {
            sent = connection.Send(_current.AsSpan(0, _length), EndFollows, out error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                throw new SocketException((int)error);
            }
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            Leave();
            return ValueTask.FromException<FlushResult>(SocketErrors.Translate(e, connection.AbortReason));
        }

        if (error == SocketError.Success && sent == _length)
        {
            Release();
            Leave();
            return default;
        }

        if (error == SocketError.Success)
        {
            // What the socket has not taken.
            _current.AsSpan(sent, _length - sent).CopyTo(_current);
            _length -= sent;
            _unflushed -= sent;
        }

        return SendEnteredAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
    }
}
