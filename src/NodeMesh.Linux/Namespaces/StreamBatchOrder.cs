using System.Net.Sockets;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>Several TCP sockets, non-blocking, to be made at one entry into a namespace, and the promise of as many as the kernel gave.</summary>
internal sealed class StreamBatchOrder(NetworkNamespace ns, AddressFamily family, int count) : NamespaceOrder(ns, family, SocketType.Stream, ProtocolType.Tcp)
{
    /// <summary><c>SOCK_NONBLOCK</c> of socket(2).</summary>
    private const int NonBlocking = 0x800;

    // Continuations must not run on the broker's thread: they may do anything.
    private readonly TaskCompletionSource<SocketDescriptor[]> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _descriptors = new int[count];

    internal override bool IsAbandoned => _promise.Task.IsCompleted;

    internal override int LinuxType => base.LinuxType | NonBlocking;

    internal override Span<int> Descriptors => _descriptors;

    internal async Task<SocketDescriptor[]> WaitAsync(CancellationToken ct)
    {
        await using var registration = ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource<SocketDescriptor[]>)state!).TrySetCanceled(token), _promise);
        return await _promise.Task;
    }

    internal override void Complete(NamespaceEntryResult result)
    {
        if (FailureOf(result) is { } failure)
        {
            Fail(failure);
            return;
        }

        var sockets = new SocketDescriptor[result.Made];
        for (var i = 0; i < sockets.Length; i++)
        {
            sockets[i] = new SocketDescriptor(_descriptors[i]);
        }

        if (!_promise.TrySetResult(sockets))
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    internal override void Fail(Exception error) => _promise.TrySetException(error);
}
