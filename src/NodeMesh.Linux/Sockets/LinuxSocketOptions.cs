using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Linux.Sockets;

/// <summary>Linux socket options that the base library does not name. Numbers are those of <c>asm-generic/socket.h</c>, <c>linux/in.h</c>, <c>linux/in6.h</c> and <c>linux/tcp.h</c>.</summary>
public static class LinuxSocketOptions
{
    internal const int LevelSocket = 1;
    internal const int LevelIp = 0;
    internal const int LevelIpv6 = 41;
    internal const int LevelTcp = 6;
    internal const int SocketReuseAddress = 2;
    internal const int SocketReusePort = 15;
    internal const int SocketMark = 36;
    internal const int SocketCookie = 57;
    internal const int SocketNamespaceCookie = 71;
    internal const int SocketBindToInterface = 62;
    internal const int IpFreebind = 15;
    internal const int IpTransparent = 19;
    internal const int IpBindAddressNoPort = 24;
    internal const int Ipv6Transparent = 75;
    internal const int Ipv6Freebind = 78;
    internal const int OriginalDestination = 80;
    internal const int TcpUserTimeout = 18;
    internal const int Ipv4AddressSize = 16;
    internal const int Ipv6AddressSize = 28;

    /// <summary>Sets the firewall mark of every packet that the socket sends (<c>SO_MARK</c>; needs CAP_NET_ADMIN).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="mark">The mark.</param>
    /// <exception cref="SocketException">Not permitted.</exception>
    public static void SetMark(this Socket socket, uint mark) => Set(socket, LevelSocket, SocketMark, (int)mark);

    /// <summary>Reads the firewall mark (<c>SO_MARK</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The mark; 0 when none is set.</returns>
    public static uint GetMark(this Socket socket) => (uint)Get(socket, LevelSocket, SocketMark);

    /// <summary>Allows addresses that are not this host's, for binding and for packets that arrive (<c>IP_TRANSPARENT</c>, and <c>IPV6_TRANSPARENT</c> on IPv6 sockets).</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="SocketException">Not permitted (needs CAP_NET_ADMIN or CAP_NET_RAW).</exception>
    public static void SetTransparent(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        // A dual-stack socket consults both, by the family of the address at hand.
        Set(socket, LevelIp, IpTransparent, 1);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            Set(socket, LevelIpv6, Ipv6Transparent, 1);
        }
    }

    /// <summary>Allows binding an address that is not there yet (<c>IP_FREEBIND</c>, and <c>IPV6_FREEBIND</c> on IPv6 sockets).</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetFreebind(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Set(socket, LevelIp, IpFreebind, 1);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            Set(socket, LevelIpv6, Ipv6Freebind, 1);
        }
    }

    /// <summary>Leaves the choice of the port to connect when a socket is bound to an address and port 0 (<c>IP_BIND_ADDRESS_NO_PORT</c>).</summary>
    /// <param name="socket">The socket, not bound yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetBindAddressNoPort(this Socket socket) => Set(socket, LevelIp, IpBindAddressNoPort, 1);

    /// <summary>
    /// Lets several sockets that do not listen be bound to one address and port (<c>SO_REUSEADDR</c> alone; the base library's option of that name
    /// sets <c>SO_REUSEPORT</c> too, which binds only what one user bound).
    /// </summary>
    /// <param name="socket">The socket, not bound yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetReuseAddress(this Socket socket) => Set(socket, LevelSocket, SocketReuseAddress, 1);

    /// <summary>Sends and receives by one device only (<c>SO_BINDTOIFINDEX</c>, Linux 5.0).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="index">The device's number in the socket's network namespace.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetInterface(this Socket socket, int index) => Set(socket, LevelSocket, SocketBindToInterface, index);

    /// <summary>Lets several sockets listen on one port (<c>SO_REUSEPORT</c>), so that a new proxy can listen before the old one stops.</summary>
    /// <param name="socket">The socket, not bound yet.</param>
    /// <exception cref="SocketException">The kernel refused.</exception>
    public static void SetReusePort(this Socket socket) => Set(socket, LevelSocket, SocketReusePort, 1);

    /// <summary>Where an accepted connection was going before NAT redirected it (<c>SO_ORIGINAL_DST</c>, asked of IPv4 and then of IPv6).</summary>
    /// <param name="socket">The accepted socket.</param>
    /// <returns>The destination, IPv4 in its plain form; null when connection tracking does not know the connection.</returns>
    public static IPEndPoint? GetOriginalDestination(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        // A dual-stack socket with an IPv4 peer answers on the IPv4 level only, so the order decides nothing but speed.
        var isIpv6 = socket.RemoteEndPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6, Address.IsIPv4MappedToIPv6: false };
        return isIpv6 ? GetIpv6OriginalDestination(socket) : GetIpv4OriginalDestination(socket);
    }

    /// <summary>Detects a dead peer on an idle connection.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="idle">Silence before the first probe; whole seconds.</param>
    /// <param name="interval">Time between probes; whole seconds.</param>
    /// <param name="count">Unanswered probes that end the connection.</param>
    public static void SetKeepAlive(this Socket socket, TimeSpan idle, TimeSpan interval, int count)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)idle.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)interval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, count);
    }

    /// <summary>How long sent bytes may stay unacknowledged before the connection ends (<c>TCP_USER_TIMEOUT</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="timeout">Whole milliseconds; zero for the system's default.</param>
    public static void SetUserTimeout(this Socket socket, TimeSpan timeout) => Set(socket, LevelTcp, TcpUserTimeout, (int)timeout.TotalMilliseconds);

    /// <summary>A number that no other socket of this boot has or had (<c>SO_COOKIE</c>).</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The cookie.</returns>
    public static ulong GetCookie(this Socket socket) => GetLong(socket, SocketCookie);

    /// <summary>The cookie of the network namespace that the socket belongs to (<c>SO_NETNS_COOKIE</c>, Linux 5.14), as eBPF programs see it.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The cookie.</returns>
    public static ulong GetNetworkNamespaceCookie(this Socket socket) => GetLong(socket, SocketNamespaceCookie);

    /// <summary>Fixes the receive buffer (<c>SO_RCVBUF</c>), which turns the kernel's auto-tuning off.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">Bytes; the kernel doubles and bounds them.</param>
    public static void SetReceiveBuffer(this Socket socket, int bytes)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.ReceiveBufferSize = bytes;
    }

    /// <summary>Fixes the send buffer (<c>SO_SNDBUF</c>), which turns the kernel's auto-tuning off.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">Bytes; the kernel doubles and bounds them.</param>
    public static void SetSendBuffer(this Socket socket, int bytes)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.SendBufferSize = bytes;
    }

    private static IPEndPoint? GetIpv4OriginalDestination(Socket socket)
    {
        Span<byte> address = stackalloc byte[Ipv4AddressSize];
        return TryGet(socket, LevelIp, OriginalDestination, address)
            ? new IPEndPoint(new IPAddress(address[4..8]), BinaryPrimitives.ReadUInt16BigEndian(address[2..]))
            : null;
    }

    private static IPEndPoint? GetIpv6OriginalDestination(Socket socket)
    {
        Span<byte> address = stackalloc byte[Ipv6AddressSize];
        if (!TryGet(socket, LevelIpv6, OriginalDestination, address))
        {
            return null;
        }

        var ip = new IPAddress(address[8..24]);
        if (ip.IsIPv6LinkLocal)
        {
            ip.ScopeId = BitConverter.ToUInt32(address[24..28]);
        }

        return new IPEndPoint(ip, BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
    }

    private static bool TryGet(Socket socket, int level, int name, Span<byte> value)
    {
        try
        {
            return socket.GetRawSocketOption(level, name, value) == value.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Set(Socket socket, int level, int name, int value)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.SetRawSocketOption(level, name, BitConverter.GetBytes(value));
    }

    private static int Get(Socket socket, int level, int name)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(level, name, value);
        return BitConverter.ToInt32(value);
    }

    private static ulong GetLong(Socket socket, int name)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        socket.GetRawSocketOption(LevelSocket, name, value);
        return BitConverter.ToUInt64(value);
    }
}
