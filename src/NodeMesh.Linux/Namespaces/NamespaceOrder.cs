using System.ComponentModel;
using System.Net.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>Sockets to be made inside a namespace, in the kernel's numbers.</summary>
/// <param name="ns">The namespace.</param>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="type">Stream or datagram.</param>
/// <param name="protocol">TCP or UDP.</param>
internal abstract class NamespaceOrder(NetworkNamespace ns, AddressFamily family, SocketType type, ProtocolType protocol)
{
    private const int ErrorAccess = 13;
    private const int ErrorAddressFamily = 97;
    private const int ErrorTooManyInProcess = 24;
    private const int ErrorTooManyInSystem = 23;
    private const int ErrorNoBuffers = 105;

    internal NetworkNamespace Namespace => ns;

    /// <summary>True when nobody waits for it any more.</summary>
    internal abstract bool IsAbandoned { get; }

    internal int LinuxFamily { get; } = family switch
    {
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ArgumentException($"{family} has no network namespace sockets", nameof(family)),
    };

    /// <summary>The type, with flags that this kind of order asks for.</summary>
    internal virtual int LinuxType { get; } = type switch
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

    /// <summary>Where the descriptors go; its length is how many are made.</summary>
    internal abstract Span<int> Descriptors { get; }

    /// <summary>Takes what was made.</summary>
    /// <param name="result">How it went.</param>
    internal abstract void Complete(NamespaceEntryResult result);

    /// <summary>Tells that nothing was made.</summary>
    /// <param name="error">Why.</param>
    internal abstract void Fail(Exception error);

    /// <summary>Why nothing was made; null when something was.</summary>
    /// <param name="result">How it went.</param>
    protected Exception? FailureOf(NamespaceEntryResult result)
    {
        if (result.EnterError != 0)
        {
            return new NetworkNamespaceException($"network namespace {ns.Path} cannot be entered: {new Win32Exception(result.EnterError).Message}");
        }

        return result.Made == 0
            ? new SocketException((int)ToSocketError(result.SocketError), $"socket in {ns.Path}: {new Win32Exception(result.SocketError).Message}")
            : null;
    }

    private static SocketError ToSocketError(int errno) => errno switch
    {
        ErrorAccess => SocketError.AccessDenied,
        ErrorAddressFamily => SocketError.AddressFamilyNotSupported,
        ErrorTooManyInProcess or ErrorTooManyInSystem => SocketError.TooManyOpenSockets,
        ErrorNoBuffers => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };
}
