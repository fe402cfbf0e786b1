using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeMesh.TestPeer;

/// <summary>A server of HTTP/1.1 that misbehaves as the path says, and keeps its connections where it does not.</summary>
internal static class BadServer
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

    private static readonly ConcurrentDictionary<string, int> Calls = new();

    public static async Task<int> RunAsync(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(128);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync());
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                while (await ReadHeadAsync(socket) is { } head && await AnswerAsync(socket, head))
                {
                    // The next request of the connection.
                }
            }
            catch (SocketException)
            {
                // The client is gone.
            }
        }
    }

    /// <returns>False when the connection is over.</returns>
    private static async Task<bool> AnswerAsync(Socket socket, string head)
    {
        var target = head.Split(' ')[1].Split('?');
        var key = target.Length > 1 ? target[1] : "";
        if (target[0] == "/count")
        {
            await SayAsync(socket, $"HTTP/1.1 200 OK\r\nContent-Length: {Calls.GetValueOrDefault(key).ToString().Length}\r\n\r\n{Calls.GetValueOrDefault(key)}");
            return true;
        }

        Calls.AddOrUpdate(key, 1, (_, n) => n + 1);
        switch (target[0])
        {
            case "/garbage":
                await SayAsync(socket, "\0\u0001\u0002 this is no HTTP\r\n\r\n");
                return false;
            case "/close":
                return false;
            case "/reset":
                socket.LingerState = new LingerOption(true, 0);
                return false;
            case "/half":
                await SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");

                // What is sent has to arrive before the reset, which overtakes it: the client says that it has it.
                await WaitAsync($"{key}-seen");
                socket.LingerState = new LingerOption(true, 0);
                return false;
            case "/seen":
                await SayAsync(socket, Good);
                return true;
            case "/early":
                // The body is never read.
                await SayAsync(socket, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly");
                await Task.Delay(Timeout.Infinite);
                return false;
            case "/slow":
                await Task.Delay(Timeout.Infinite);
                return false;
            default:
                await SayAsync(socket, Good);
                return true;
        }
    }

    /// <summary>Waits until something else was asked with a key.</summary>
    private static async Task WaitAsync(string key)
    {
        while (!Calls.ContainsKey(key))
        {
            await Task.Delay(20);
        }
    }

    private static async Task SayAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The head of a request, and its body where it says how long that is and the path is a good one; null at the end.</summary>
    private static async Task<string?> ReadHeadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (await socket.ReceiveAsync(buffer) == 1)
        {
            text.Append((char)buffer[0]);
            if (buffer[0] == '\n' && text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var head = text.ToString();
                if (!head.Contains(" /early", StringComparison.Ordinal) && Regex.Match(head, "(?im)^content-length: ([0-9]+)") is { Success: true } length)
                {
                    var left = int.Parse(length.Groups[1].Value);
                    var body = new byte[Math.Max(1, left)];
                    while (left > 0 && await socket.ReceiveAsync(body.AsMemory(0, left)) is var count and > 0)
                    {
                        left -= count;
                    }
                }

                return head;
            }
        }

        return null;
    }
}
