using System.ComponentModel;
using System.Net.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>One socket to be made inside a namespace, and the promise of it.</summary>
internal sealed class SocketOrder(NetworkNamespace ns, AddressFamily family, SocketType type, ProtocolType protocol)
{
    private const int ErrorAccess = 13;
    private const int ErrorAddressFamily = 97;
    private const int ErrorTooManyInProcess = 24;
    private const int ErrorTooManyInSystem = 23;
    private const int ErrorNoBuffers = 105;

    // Continuations must not run on the broker's thread: they may do anything.
    private readonly TaskCompletionSource<Socket> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal NetworkNamespace Namespace => ns;

    internal bool IsAbandoned => _promise.Task.IsCompleted;

    internal int LinuxFamily { get; } = family switch
    {
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ArgumentException($"{family} has no network namespace sockets", nameof(family)),
    };

    internal int LinuxType { get; } = type switch
    {
        SocketType.Stream => 1,
        SocketType.Dgram => 2,
        _ => throw new ArgumentException($"{type} is not supported", nameof(type)),
    };

    internal int LinuxProtocol { get; } = protocol switch
    {
        ProtocolType.Tcp => 6,
        ProtocolType.Udp => 17,
        _ => throw new ArgumentException($"{protocol} is not supported", nameof(protocol)),
    };

    internal async Task<Socket> WaitAsync(CancellationToken ct)
    {
        await using var registration = ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource<Socket>)state!).TrySetCanceled(token), _promise);
        return await _promise.Task;
    }

    internal void Complete(NamespaceEntryResult result)
    {
        if (result.EnterError != 0)
        {
            Fail(new NetworkNamespaceException($"network namespace {ns.Path} cannot be entered: {new Win32Exception(result.EnterError).Message}"));
            return;
        }

        if (result.Descriptor < 0)
        {
            Fail(new SocketException((int)ToSocketError(result.SocketError), $"socket in {ns.Path}: {new Win32Exception(result.SocketError).Message}"));
            return;
        }

        Socket socket;
        try
        {
            socket = new Socket(new SafeSocketHandle(result.Descriptor, ownsHandle: true));
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

    internal void Fail(Exception error) => _promise.TrySetException(error);

    private static SocketError ToSocketError(int errno) => errno switch
    {
        ErrorAccess => SocketError.AccessDenied,
        ErrorAddressFamily => SocketError.AddressFamilyNotSupported,
        ErrorTooManyInProcess or ErrorTooManyInSystem => SocketError.TooManyOpenSockets,
        ErrorNoBuffers => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };
}
