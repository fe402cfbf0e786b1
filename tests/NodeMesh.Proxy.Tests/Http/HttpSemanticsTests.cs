using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>The corners of HTTP: trailers, asterisks, connections that end, and protocols that begin in others.</summary>
public sealed class HttpSemanticsTests
{
    [Theory]
    [InlineData("Connection: close, x-hop\r\n")]
    [InlineData("Connection: X-Hop, Close\r\n")]
    [InlineData("Connection: close\r\nConnection: x-hop\r\n")]
    public async Task Connection_ThatClosesAndNamesAHeader_DoesBoth(string connection)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        string? seen = null;
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            seen = string.Join(' ', context.Request.Headers.Select(h => $"{h.Key}={h.Value}"));
            return context.Response.WriteAsync("ok");
        });

        var answer = await mesh.ExchangeAsync($"GET / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n{connection}X-Hop: secret\r\nX-End: kept\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-End=kept", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("nodemesh-close", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n")]
    public async Task Upgrade_ToHttp2_IsAnsweredInHttp1(string upgrade)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync($"[{context.Request.Headers.Upgrade}{context.Request.Headers["HTTP2-Settings"]}]"));
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n{upgrade}\r\n"));

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await HttpMesh.ReadUntilAsync(socket, "[]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_ToHttp2WithABody_KeepsTheBody()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Request.Body.CopyToAsync(context.Response.Body));
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 5\r\n\r\nhello"));

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await HttpMesh.ReadUntilAsync(socket, "hello"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_InAPipeline_AreAnsweredInTheirOrder()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            await context.Response.WriteAsync($"[{context.Request.Path}{body}]");
        });
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /1 HTTP/1.1\r\nHost: web\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: web\r\n\r\nGET /3 HTTP/1.1\r\nHost: web\r\n\r\n"));
        var answers = await HttpMesh.ReadUntilAsync(socket, "[/3]");

        Assert.True(answers.IndexOf("[/1abc]", StringComparison.Ordinal) is > 0 and var first && answers.IndexOf("[/2]", StringComparison.Ordinal) > first, answers);
    }

    [Fact]
    public async Task Options_OfTheWholeServer_ReachesItAsAnAsterisk()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server, context => context.Response.WriteAsync($"[{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers["x-end"]}]"));

        var answer = await mesh.ExchangeAsync($"OPTIONS * HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nX-End: kept\r\nConnection: close\r\n\r\n");

        Assert.Contains("[OPTIONS * kept]", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TE: trailers\r\nConnection: TE\r\n", true)]
    [InlineData("", false)]
    public async Task Trailers_OfAResponse_ReachAnHttp1ClientThatAsksForThem(string asks, bool expected)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: AppProtocol.Http2);
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server,
            async context =>
            {
                await context.Response.WriteAsync("abc");
                await context.Response.Body.FlushAsync();
                context.Response.AppendTrailer("x-sum", "5");
            },
            HttpProtocols.Http2);
        using var socket = await mesh.ConnectAsync();

        // Twice, as the connection has to stay usable.
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n{asks}\r\n"));
            var answer = await HttpMesh.ReadUntilAsync(socket, expected ? "0\r\nx-sum: 5\r\n\r\n" : "abc\r\n0\r\n\r\n");
            Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", answer, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\r\n\r\n3\r\nabc\r\n0\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Trailers_OfAnHttp1Server_ReachAnHttp1ClientWithoutThoseOfFraming()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var listener = await mesh.Server.ListenAsync(8080);
        using var socket = await mesh.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nTE: trailers\r\nConnection: TE\r\n\r\n"));

        using var accepted = await TestMesh.AcceptAsync(listener);
        Assert.Contains("\r\nTE: trailers\r\n", await HttpMesh.ReadUntilAsync(accepted, "\r\n\r\n"), StringComparison.Ordinal);
        await accepted.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 5\r\nContent-Length: 9\r\n\r\n"u8.ToArray());

        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 5\r\n\r\n", await HttpMesh.ReadUntilAsync(socket, "x-sum: 5\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task WebSocket_OverAnyVersion_TalksBothWaysAndCloses(int version, int serverNode)
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: serverNode);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, EchoWebSocketAsync);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => new NetworkStream(await mesh.ConnectAsync(), ownsSocket: true),
        });
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version == 2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"ws://{HttpMesh.Host}/chat"), invoker, TestContext.Current.CancellationToken);

        var message = RandomNumberGenerator.GetBytes(100_000);
        var buffer = new byte[message.Length];
        for (var i = 0; i < 3; i++)
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
            var length = 0;
            while (length < message.Length)
            {
                length += (await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken)).Count;
            }

            Assert.Equal(message, buffer);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        var record = await mesh.Requests.WaitAsync("/chat");
        Assert.Equal(("GET", version == 2 ? 200 : 101), (record.Method, record.Status));
        Assert.InRange(record.BytesReceived, 300_000, 310_000);
    }

    [Fact]
    public async Task WebSocket_OverHttp2ThatTheApplicationRefuses_GetsItsAnswer()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => new NetworkStream(await mesh.ConnectAsync(), ownsSocket: true),
        });
        using var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, CollectHttpResponseDetails = true } };

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{HttpMesh.Host}/chat"), invoker, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    private static async Task EchoWebSocketAsync(HttpContext context)
    {
        Assert.Equal("13", context.Request.Headers.SecWebSocketVersion.ToString());
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        context.Response.Headers.Upgrade = "websocket";
        // RFC 6455 section 1.3.
#pragma warning disable CA5350 // What the protocol asks for.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }
}
