using System.Net;
using System.Net.Sockets;

namespace NodeMesh.TestPeer;

/// <summary>A server that does what the first line of each connection asks for.</summary>
internal static class PeerServer
{
    private const ulong Seed = 0x5EED_0002;

    public static async Task<int> RunAsync(int[] ports)
    {
        await Task.WhenAll(ports.Select(AcceptAsync));
        return 0;
    }

    private static async Task AcceptAsync(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(4096);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync());
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        try
        {
            await AnswerAsync(socket);
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"connection ended: {e.SocketErrorCode}");
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        var words = (await PeerStream.ReadLineAsync(socket)).Split(' ');
        switch (words[0])
        {
            case "who":
                await PeerStream.WriteLineAsync(socket, $"{Environment.MachineName} {Format(socket.RemoteEndPoint)} {Format(socket.LocalEndPoint)}");
                break;
            case "half-close":
                // Answers only after the client's half-close, so the test fails where one is not forwarded.
                var (bytes, sha) = await PeerStream.ReceiveAsync(socket);
                await PeerStream.WriteLineAsync(socket, $"{bytes} {sha}");
                break;
            case "server-first":
                // The greeting and the half-close come before the client says more.
                await PeerStream.WriteLineAsync(socket, "greeting");
                socket.Shutdown(SocketShutdown.Send);
                var (rest, _) = await PeerStream.ReceiveAsync(socket);
                await Console.Out.WriteLineAsync($"server-first got {rest}");
                break;
            case "duplex":
                var receiving = PeerStream.ReceiveAsync(socket);
                var sent = await PeerStream.SendAsync(socket, Seed, long.Parse(words[1]));
                var received = await receiving;
                await Console.Out.WriteLineAsync($"duplex sent {sent} received {received.Bytes} {received.Sha256}");
                break;
            case "echo":
                await EchoAsync(socket);
                break;
            default:
                await EchoAsync(socket);
                break;
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
        {
            for (var sent = 0; sent < read;)
            {
                sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None);
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static string Format(EndPoint? endPoint)
    {
        var ip = (IPEndPoint)endPoint!;
        return new IPEndPoint(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address, ip.Port).ToString();
    }
}
