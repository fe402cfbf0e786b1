using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Compare.Load;

/// <summary>Many connections that say nothing, held until standard input ends.</summary>
internal static class HeldConnections
{
    /// <summary>Opens them, prints "ready" and holds them.</summary>
    public static void Run(string address, int port, int count)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        var sockets = new List<Socket>(count);
        Span<byte> answer = stackalloc byte[4096];
        while (sockets.Count < count)
        {
            var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(target);

            // One request each: a proxy that waits for the first byte before it dials has then dialled.
            socket.Send("GET / HTTP/1.1\r\nHost: bench\r\n\r\n"u8);
            if (socket.Receive(answer) == 0)
            {
                throw new IOException($"connection {sockets.Count} was closed");
            }

            sockets.Add(socket);
        }

        Console.WriteLine("ready");
        Console.In.ReadToEnd();
        sockets.ForEach(socket => socket.Dispose());
    }
}
