using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Transport;

/// <content>The system calls that move bytes.</content>
public sealed partial class SocketConnection
{
    /// <summary>Receives what is there.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="error">What went wrong; <see cref="SocketError.Success"/> for nothing.</param>
    /// <returns>How many bytes; 0 with success at the peer's end.</returns>
    /// <exception cref="ObjectDisposedException">The connection is gone.</exception>
    internal unsafe int Receive(Span<byte> buffer, out SocketError error)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = EventCalls.Receive(_handle, bytes, (nuint)buffer.Length, EventCalls.MessageDontWait);
                if (!IsInterrupted(count, out error))
                {
                    return (int)Math.Max(0, count);
                }
            }
        }
    }

    /// <summary>Sends what the socket takes.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="endFollows">Whether our FIN is next, which is worth waiting for: both then leave in one packet, and wake the peer once.</param>
    /// <param name="error">What went wrong; <see cref="SocketError.Success"/> for nothing.</param>
    /// <returns>How many bytes were taken.</returns>
    /// <exception cref="ObjectDisposedException">The connection is gone.</exception>
    internal unsafe int Send(ReadOnlySpan<byte> buffer, bool endFollows, out SocketError error)
    {
        const int flags = EventCalls.MessageDontWait | EventCalls.MessageNoSignal;
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = EventCalls.Send(_handle, bytes, (nuint)buffer.Length, endFollows ? flags | EventCalls.MessageMore : flags);
                if (!IsInterrupted(count, out error))
                {
                    return (int)Math.Max(0, count);
                }
            }
        }
    }

    private static bool IsInterrupted(nint count, out SocketError error)
    {
        if (count >= 0)
        {
            error = SocketError.Success;
            return false;
        }

        var number = Marshal.GetLastPInvokeError();
        error = SocketErrors.FromErrorNumber(number);
        return number == EventCalls.ErrorInterrupted;
    }
}
