using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeMesh.TestPeer;

/// <summary>Clients that the usual tools are not.</summary>
internal static class WebClient
{
    /// <summary>Sends three messages over WebSocket, over HTTP/1.1 or HTTP/2, and prints how many came back.</summary>
    public static async Task<int> ChatAsync(Uri url, string version)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version == "2" ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(url, invoker, CancellationToken.None);
        var buffer = new byte[64];
        var answered = 0;
        foreach (var word in new[] { "one", "two", "three" })
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(word), WebSocketMessageType.Text, true, CancellationToken.None);
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            answered += Encoding.ASCII.GetString(buffer, 0, received.Count) == word ? 1 : 0;
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Console.WriteLine($"answered {answered}, closed {socket.CloseStatus}");
        return 0;
    }

    /// <summary>Sends bytes as they are, with C's escapes, and prints what comes until the end.</summary>
    public static async Task<int> RawAsync(string host, int port, string text)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(Regex.Unescape(text)));
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) is var count and > 0)
        {
            Console.Write(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return 0;
    }
}
