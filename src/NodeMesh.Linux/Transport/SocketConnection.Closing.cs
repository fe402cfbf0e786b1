using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Transport;

/// <content>How it ends: in order, by a reset, and whoever has the socket at that moment gives it back first.</content>
public sealed partial class SocketConnection
{
    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        Leave(abortReason);
    }

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("the connection was aborted"));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Leave(null);
        _reader?.Release();
        if (_writer is { IsCompleted: false } writer)
        {
            writer.Abandon();
        }

        return base.DisposeAsync();
    }

    internal void ReaderCompleted(Exception? exception) => Fail(exception);

    internal void WriterCompleted(Exception? exception)
    {
        if (exception is not null)
        {
            Fail(exception);
            return;
        }

        try
        {
            // Fails where it was reset meanwhile: the reader finds out.
            _ = EventCalls.Shutdown(_handle, EventCalls.ShutdownWrite);
        }
        catch (ObjectDisposedException)
        {
            // Closed on this side.
        }
    }

    private void Fail(Exception? exception)
    {
        if (exception is not null)
        {
            Abort(exception as ConnectionAbortedException ?? new ConnectionAbortedException(exception.Message, exception));
        }
    }

    /// <summary>Closes the socket, or asks whoever has it to give it back first: a descriptor that is closed while the loop uses it may be another connection's by then.</summary>
    private void Leave(ConnectionAbortedException? reason)
    {
        SocketForwarder? borrower;
        lock (_gate)
        {
            if (_isGone)
            {
                return;
            }

            _isGone = true;
            AbortReason = reason;
            borrower = _borrower;
        }

        if (borrower is null)
        {
            CloseSocket();
        }
        else
        {
            borrower.Stop();
        }
    }

    private void CloseSocket()
    {
        if (AbortReason is not null)
        {
            try
            {
                // Fails where the peer was faster: nothing is left to reset.
                _handle.ResetOnClose();
            }
            catch (ObjectDisposedException)
            {
                // Whoever made the socket closed it.
            }
        }

        SocketReadiness? readiness;
        lock (_gate)
        {
            readiness = _readiness;
        }

        // First: a closed descriptor's number may be another connection's when its registration is taken away.
        if (_socket is not null)
        {
            readiness?.Close();
            _socket.Dispose();
        }
        else
        {
            readiness?.CloseWithDescriptor();
            _handle.Dispose();
        }

        readiness?.WakeReader();
        readiness?.WakeWriter();
        lock (_gate)
        {
            if (_closed is not null)
            {
                // The caller may hold locks: not before it has returned.
                (EventLoop.Current ?? EventLoopGroup.Shared.Next()).Schedule(new Cancellation(_closed));
            }
        }
    }

    private sealed class Cancellation(CancellationTokenSource source) : IThreadPoolWorkItem
    {
        public void Execute() => source.Cancel();
    }
}
