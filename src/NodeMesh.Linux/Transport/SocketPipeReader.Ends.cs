using System.IO.Pipelines;
using System.Net.Sockets;

namespace NodeMesh.Linux.Transport;

/// <content>The first bytes without a wait, and the last ones together with the end.</content>
internal sealed partial class SocketPipeReader
{
    /// <summary>As <see cref="TryRead"/>, and asks the socket where nothing is buffered.</summary>
    /// <param name="result">What there is.</param>
    /// <returns>False when nothing is there yet.</returns>
    internal bool TryReadNow(out ReadResult result)
    {
        if (TryRead(out result))
        {
            return true;
        }

        Enter();
        try
        {
            if (!TryReceive())
            {
                return false;
            }
        }
        catch (Exception e) when (SocketErrors.IsSocketFailure(e))
        {
            throw SocketErrors.Translate(e, connection.AbortReason);
        }
        finally
        {
            Leave();
        }

        result = Result(isCanceled: false);
        return true;
    }

    /// <summary>
    /// Looks for the peer's end where the loop has seen that it is there behind the last bytes: who reads then learns of both at once. An error is the next read's.
    /// </summary>
    private void ReceiveEnd(ReceiveSegment segment)
    {
        if (!connection.IsHungUp || segment.Free == 0)
        {
            return;
        }

        var count = connection.Receive(segment.Array.AsSpan(segment.End), out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            _failure = error;
        }
        else if (count == 0)
        {
            _isEnded = true;
        }
        else
        {
            lock (_gate)
            {
                segment.Received(count);
            }
        }
    }
}
