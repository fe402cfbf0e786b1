using System.Net;
using System.Net.Sockets;

namespace NodeMesh.TestPeer;

/// <summary>One connection, one question. Exit code 0: answered; 1: refused, reset or wrong.</summary>
internal static class PeerClient
{
    private const ulong Seed = 0x5EED_0001;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static Task<int> WhoAsync(string host, int port) => AskAsync(host, port, async socket =>
    {
        await PeerStream.WriteLineAsync(socket, "who");
        var answer = await PeerStream.ReadLineAsync(socket);
        await Console.Out.WriteLineAsync($"{answer} {socket.RemoteEndPoint}");
        return answer.Length > 0;
    });

    public static Task<int> HalfCloseAsync(string host, int port) => AskAsync(host, port, async socket =>
    {
        await PeerStream.WriteLineAsync(socket, "half-close");
        var sent = await PeerStream.SendAsync(socket, Seed, 1_000_000);
        var answer = await PeerStream.ReadLineAsync(socket);
        await Console.Out.WriteLineAsync(answer);
        return answer == $"1000000 {sent}" && await socket.ReceiveAsync(new byte[1], SocketFlags.None) == 0;
    });

    public static Task<int> ServerFirstAsync(string host, int port) => AskAsync(host, port, async socket =>
    {
        await PeerStream.WriteLineAsync(socket, "server-first");
        var greeting = await PeerStream.ReadLineAsync(socket);
        var ended = await socket.ReceiveAsync(new byte[1], SocketFlags.None) == 0;
        // The other direction still carries after the server's half-close.
        await PeerStream.SendAsync(socket, Seed, 100_000);
        await Console.Out.WriteLineAsync($"{greeting} ended={ended}");
        return greeting == "greeting" && ended;
    });

    public static Task<int> DuplexAsync(string host, int port, long bytes) => AskAsync(host, port, async socket =>
    {
        await PeerStream.WriteLineAsync(socket, $"duplex {bytes}");
        var receiving = PeerStream.ReceiveAsync(socket);
        var sent = await PeerStream.SendAsync(socket, Seed, bytes);
        var received = await receiving;
        await Console.Out.WriteLineAsync($"duplex sent {sent} received {received.Bytes} {received.Sha256}");
        return received.Bytes == bytes;
    });

    /// <summary>Connects by name or address, IPv4 or IPv6, within ten seconds.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, timeout.Token);
        var address = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(address, port), timeout.Token);
        return socket;
    }

    private static async Task<int> AskAsync(string host, int port, Func<Socket, Task<bool>> ask)
    {
        try
        {
            using var socket = await ConnectAsync(host, port);
            return await ask(socket) ? 0 : 1;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"error: {e.SocketErrorCode}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("error: connect timed out");
            return 1;
        }
    }
}
