using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>Has the kernel look for peers that are gone.</summary>
internal static class KeepaliveOption
{
    // What Linux does where nothing else is said (tcp(7)).
    private static readonly TimeSpan KernelTime = TimeSpan.FromHours(2);
    private static readonly TimeSpan KernelInterval = TimeSpan.FromSeconds(75);
    private const int KernelProbes = 9;

    /// <summary>Sets what a policy says; parts that it leaves out are the kernel's.</summary>
    /// <param name="connection">The connection; without effect on streams of tunnels, which share one socket.</param>
    /// <param name="keepalive">What it says.</param>
    public static void Set(ConnectionContext connection, TcpKeepalive keepalive) =>
        Set(connection, keepalive.Time ?? KernelTime, keepalive.Interval ?? KernelInterval, keepalive.Probes ?? KernelProbes);

    /// <summary>Sets it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="idle">Silence before the first probe.</param>
    /// <param name="interval">Between two.</param>
    /// <param name="count">Probes without an answer before the connection is dead.</param>
    public static void Set(ConnectionContext connection, TimeSpan idle, TimeSpan interval, int count)
    {
        if (connection is not SocketConnection socket)
        {
            return;
        }

        try
        {
            socket.Handle.SetKeepAlive(idle, interval, count);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset meanwhile: whoever reads finds out.
        }
    }
}
