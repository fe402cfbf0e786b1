using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Sockets;

/// <summary>What <see cref="LinuxSocketOptions"/> does, one system call each and no object, for sockets that the base library's class does not know.</summary>
public static unsafe class SocketHandleOptions
{
    private const int KeepAlive = 9;
    private const int Linger = 13;
    private const int IncomingProcessor = 49;
    private const int TcpNoDelay = 1;
    private const int TcpKeepAliveIdle = 4;
    private const int TcpKeepAliveInterval = 5;
    private const int TcpKeepAliveCount = 6;
    private const int TcpQuickAcknowledgement = 12;

    /// <summary>Sets the firewall mark (<c>SO_MARK</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="mark">The mark.</param>
    /// <exception cref="SocketException">Not permitted.</exception>
    public static void SetMark(this SafeHandle socket, uint mark) => Set(socket, LinuxSocketOptions.LevelSocket, LinuxSocketOptions.SocketMark, (int)mark);

    /// <summary>Allows addresses that are not this host's (<c>IP_TRANSPARENT</c> or <c>IPV6_TRANSPARENT</c>).</summary>
    /// <param name="socket">The socket, of that one family.</param>
    /// <param name="family">The family.</param>
    /// <exception cref="SocketException">Not permitted.</exception>
    public static void SetTransparent(this SafeHandle socket, AddressFamily family)
    {
        if (family == AddressFamily.InterNetworkV6)
        {
            Set(socket, LinuxSocketOptions.LevelIpv6, LinuxSocketOptions.Ipv6Transparent, 1);
        }
        else
        {
            Set(socket, LinuxSocketOptions.LevelIp, LinuxSocketOptions.IpTransparent, 1);
        }
    }

    /// <summary>Leaves the choice of the port to connect (<c>IP_BIND_ADDRESS_NO_PORT</c>).</summary>
    /// <param name="socket">The socket, not bound yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetBindAddressNoPort(this SafeHandle socket) => Set(socket, LinuxSocketOptions.LevelIp, LinuxSocketOptions.IpBindAddressNoPort, 1);

    /// <summary>Lets several sockets that do not listen be bound to one address and port (<c>SO_REUSEADDR</c>).</summary>
    /// <param name="socket">The socket, not bound yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetReuseAddress(this SafeHandle socket) => Set(socket, LinuxSocketOptions.LevelSocket, LinuxSocketOptions.SocketReuseAddress, 1);

    /// <summary>Sends and receives by one device only (<c>SO_BINDTOIFINDEX</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="index">The device's number in the socket's network namespace.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetInterface(this SafeHandle socket, int index) => Set(socket, LinuxSocketOptions.LevelSocket, LinuxSocketOptions.SocketBindToInterface, index);

    /// <summary>Sends small messages at once (<c>TCP_NODELAY</c>); accepted sockets have it from their listener.</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetNoDelay(this SafeHandle socket) => Set(socket, LinuxSocketOptions.LevelTcp, TcpNoDelay, 1);

    /// <summary>
    /// Lets the first bytes carry the acknowledgement that ends the handshake (<c>TCP_QUICKACK</c> off): one packet and one wake-up of the peer less. For who has
    /// them at hand; without them the peer learns of the connection a fraction of a second later.
    /// </summary>
    /// <param name="socket">The socket, not connected yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetDataFollows(this SafeHandle socket) => Set(socket, LinuxSocketOptions.LevelTcp, TcpQuickAcknowledgement, 0);

    /// <summary>Detects a dead peer on an idle connection.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="idle">Silence before the first probe; whole seconds.</param>
    /// <param name="interval">Time between probes; whole seconds.</param>
    /// <param name="count">Unanswered probes that end the connection.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetKeepAlive(this SafeHandle socket, TimeSpan idle, TimeSpan interval, int count)
    {
        Set(socket, LinuxSocketOptions.LevelTcp, TcpKeepAliveIdle, (int)idle.TotalSeconds);
        Set(socket, LinuxSocketOptions.LevelTcp, TcpKeepAliveInterval, (int)interval.TotalSeconds);
        Set(socket, LinuxSocketOptions.LevelTcp, TcpKeepAliveCount, count);
        Set(socket, LinuxSocketOptions.LevelSocket, KeepAlive, 1);
    }

    /// <summary>Binds a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="endPoint">Its address and port.</param>
    /// <exception cref="SocketException">The address or port cannot be had.</exception>
    public static void Bind(this SafeHandle socket, IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var name = stackalloc byte[SocketNames.Room];
        if (EventCalls.Bind(socket, name, SocketNames.Write(endPoint, new Span<byte>(name, SocketNames.Room))) != 0)
        {
            throw Failure();
        }
    }

    /// <summary>The address that a socket is bound to.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The address, IPv4 in its plain form; null when the kernel does not say.</returns>
    public static IPEndPoint? GetLocalName(this SafeHandle socket)
    {
        var name = stackalloc byte[SocketNames.Room];
        var length = SocketNames.Room;
        return EventCalls.GetSocketName(socket, name, &length) == 0 ? SocketNames.Read(new ReadOnlySpan<byte>(name, Math.Min(length, SocketNames.Room))) : null;
    }

    /// <summary>The address that a socket is connected to.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The address, IPv4 in its plain form; null when the connection is gone.</returns>
    public static IPEndPoint? GetPeerName(this SafeHandle socket)
    {
        var name = stackalloc byte[SocketNames.Room];
        var length = SocketNames.Room;
        return EventCalls.GetPeerName(socket, name, &length) == 0 ? SocketNames.Read(new ReadOnlySpan<byte>(name, Math.Min(length, SocketNames.Room))) : null;
    }

    /// <summary>A number that no other socket of this boot has or had (<c>SO_COOKIE</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The cookie.</returns>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static ulong GetCookie(this SafeHandle socket) => GetLong(socket, LinuxSocketOptions.SocketCookie);

    /// <summary>The cookie of the socket's network namespace (<c>SO_NETNS_COOKIE</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The cookie.</returns>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static ulong GetNetworkNamespaceCookie(this SafeHandle socket) => GetLong(socket, LinuxSocketOptions.SocketNamespaceCookie);

    /// <summary>Where an accepted connection was going before NAT redirected it (<c>SO_ORIGINAL_DST</c>).</summary>
    /// <param name="socket">The accepted socket.</param>
    /// <param name="peer">Its peer, IPv4 in its plain form.</param>
    /// <returns>The destination; null when connection tracking does not know the connection.</returns>
    public static IPEndPoint? GetOriginalDestination(this SafeHandle socket, IPEndPoint peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var level = peer.AddressFamily == AddressFamily.InterNetworkV6 ? LinuxSocketOptions.LevelIpv6 : LinuxSocketOptions.LevelIp;
        var name = stackalloc byte[SocketNames.Room];
        uint size = SocketNames.Room;
        return LibC.GetSocketOption(socket, level, LinuxSocketOptions.OriginalDestination, name, &size) == 0
            ? SocketNames.Read(new ReadOnlySpan<byte>(name, (int)size))
            : null;
    }

    /// <summary>The processor that handled the last packet of a connection (<c>SO_INCOMING_CPU</c> of socket(7)).</summary>
    /// <param name="descriptor">An open socket.</param>
    /// <returns>Its number; negative when the kernel does not say.</returns>
    internal static int GetIncomingProcessor(int descriptor)
    {
        int value;
        uint size = sizeof(int);
        return EventCalls.GetSocketOption(descriptor, LinuxSocketOptions.LevelSocket, IncomingProcessor, &value, &size) == 0 ? value : -1;
    }

    /// <summary>Makes closing the socket reset the connection and forget what is unsent (tcp(7), <c>SO_LINGER</c>).</summary>
    /// <param name="socket">The socket.</param>
    internal static void ResetOnClose(this SafeHandle socket)
    {
        // struct linger: on, and no second of patience.
        var linger = stackalloc int[] { 1, 0 };
        _ = LibC.SetSocketOption(socket, LinuxSocketOptions.LevelSocket, Linger, linger, 2 * sizeof(int));
    }

    private static void Set(SafeHandle socket, int level, int name, int value)
    {
        if (LibC.SetSocketOption(socket, level, name, &value, sizeof(int)) != 0)
        {
            throw Failure();
        }
    }

    private static ulong GetLong(SafeHandle socket, int name)
    {
        ulong value;
        uint size = sizeof(ulong);
        return LibC.GetSocketOption(socket, LinuxSocketOptions.LevelSocket, name, &value, &size) == 0 ? value : throw Failure();
    }

    private static SocketException Failure() => SocketErrors.LastFailure();
}
