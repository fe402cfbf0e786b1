using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

/// <summary>A connection under test and the plain socket at its other end, over loopback.</summary>
internal sealed class ConnectedPair : IAsyncDisposable
{
    private ConnectedPair(Socket accepted, Socket peer, PooledSegments pool)
    {
        Pool = pool;
        Peer = peer;
        Connection = new SocketConnection(accepted, pool);
    }

    internal SocketConnection Connection { get; }

    internal Socket Peer { get; }

    internal PooledSegments Pool { get; }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        Peer.Dispose();
    }

    internal static async Task<ConnectedPair> CreateAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndPoint!);
        return new ConnectedPair(await listener.AcceptAsync(), peer, new PooledSegments());
    }
}
