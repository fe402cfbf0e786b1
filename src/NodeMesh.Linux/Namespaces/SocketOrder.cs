using System.Net.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>One socket to be made inside a namespace, and the promise of it.</summary>
internal sealed class SocketOrder(NetworkNamespace ns, AddressFamily family, SocketType type, ProtocolType protocol) : NamespaceOrder(ns, family, type, protocol)
{
    // Continuations must not run on the broker's thread: they may do anything.
    private readonly TaskCompletionSource<Socket> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _descriptor;

    internal override bool IsAbandoned => _promise.Task.IsCompleted;

    internal override Span<int> Descriptors => new(ref _descriptor);

    internal async Task<Socket> WaitAsync(CancellationToken ct)
    {
        await using var registration = ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource<Socket>)state!).TrySetCanceled(token), _promise);
        return await _promise.Task;
    }

    internal override void Complete(NamespaceEntryResult result)
    {
        if (FailureOf(result) is { } failure)
        {
            Fail(failure);
            return;
        }

        Socket socket;
        try
        {
            socket = new Socket(new SafeSocketHandle(_descriptor, ownsHandle: true));
        }
        catch (SocketException e)
        {
            Fail(e);
            return;
        }

        if (!_promise.TrySetResult(socket))
        {
            socket.Dispose();
        }
    }

    internal override void Fail(Exception error) => _promise.TrySetException(error);
}
