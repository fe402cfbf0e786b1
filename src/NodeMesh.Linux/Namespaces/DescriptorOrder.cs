using System.Net.Sockets;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>Several sockets of one kind, non-blocking, to be made at one entry into a namespace, and the promise of as many as the kernel gave.</summary>
internal sealed class DescriptorOrder : NamespaceOrder
{
    /// <summary><c>SOCK_NONBLOCK</c> of socket(2).</summary>
    private const int NonBlocking = 0x800;

    /// <summary><c>AF_NETLINK</c> and <c>SOCK_RAW</c>.</summary>
    private const int NetlinkFamily = 16;
    private const int RawType = 3;

    // Continuations must not run on the broker's thread: they may do anything.
    private readonly TaskCompletionSource<SocketDescriptor[]> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _descriptors;

    /// <summary>TCP sockets.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="count">How many.</param>
    internal DescriptorOrder(NetworkNamespace ns, AddressFamily family, int count)
        : base(ns, family, SocketType.Stream, ProtocolType.Tcp, NonBlocking) => _descriptors = new int[count];

    /// <summary>A netlink socket.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="protocol">Its protocol.</param>
    internal DescriptorOrder(NetworkNamespace ns, int protocol)
        : base(ns, NetlinkFamily, RawType | NonBlocking, protocol) => _descriptors = new int[1];

    internal override bool IsAbandoned => _promise.Task.IsCompleted;

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
