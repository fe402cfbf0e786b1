using System.ComponentModel;
using System.Net.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>Sockets to be made inside a namespace, in the kernel's numbers.</summary>
internal abstract class NamespaceOrder
{
    private const int ErrorAccess = 13;
    private const int ErrorAddressFamily = 97;
    private const int ErrorTooManyInProcess = 24;
    private const int ErrorTooManyInSystem = 23;
    private const int ErrorNoBuffers = 105;

    /// <summary>Sockets of the internet's families.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="type">Stream or datagram.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="flags">What the type is to be marked with.</param>
    protected NamespaceOrder(NetworkNamespace ns, AddressFamily family, SocketType type, ProtocolType protocol, int flags = 0)
        : this(ns, NumberOf(family), NumberOf(type) | flags, NumberOf(protocol))
    {
    }

    /// <summary>Sockets of any kind.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="family">The family's number.</param>
    /// <param name="type">The type's, with flags.</param>
    /// <param name="protocol">The protocol's.</param>
    protected NamespaceOrder(NetworkNamespace ns, int family, int type, int protocol)
    {
        Namespace = ns;
        LinuxFamily = family;
        LinuxType = type;
        LinuxProtocol = protocol;
    }

    internal NetworkNamespace Namespace { get; }

    /// <summary>True when nobody waits for it any more.</summary>
    internal abstract bool IsAbandoned { get; }

    internal int LinuxFamily { get; }

    internal int LinuxType { get; }

    internal int LinuxProtocol { get; }

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
            return new NetworkNamespaceException($"network namespace {Namespace.Path} cannot be entered: {new Win32Exception(result.EnterError).Message}");
        }

        return result.Made == 0
            ? new SocketException((int)ToSocketError(result.SocketError), $"socket in {Namespace.Path}: {new Win32Exception(result.SocketError).Message}")
            : null;
    }

    private static int NumberOf(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ArgumentException($"{family} has no network namespace sockets", nameof(family)),
    };

    private static int NumberOf(SocketType type) => type switch
    {
        SocketType.Stream => 1,
        SocketType.Dgram => 2,
        _ => throw new ArgumentException($"{type} is not supported", nameof(type)),
    };

    private static int NumberOf(ProtocolType protocol) => protocol switch
    {
        ProtocolType.Tcp => 6,
        ProtocolType.Udp => 17,
        _ => throw new ArgumentException($"{protocol} is not supported", nameof(protocol)),
    };

    private static SocketError ToSocketError(int errno) => errno switch
    {
        ErrorAccess => SocketError.AccessDenied,
        ErrorAddressFamily => SocketError.AddressFamilyNotSupported,
        ErrorTooManyInProcess or ErrorTooManyInSystem => SocketError.TooManyOpenSockets,
        ErrorNoBuffers => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };
}
