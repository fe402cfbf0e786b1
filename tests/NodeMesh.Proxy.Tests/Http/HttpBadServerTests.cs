using System.Net.Sockets;
using System.Text;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>What clients get of servers that do not behave, and that the connections kept for the next request are well.</summary>
public sealed class HttpBadServerTests
{
    private const string Well = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "abcde")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok", 201, "ok")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502, null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 502, null)]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 502, null)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: none\r\n\r\n", 502, null)]
    [InlineData("SSH-2.0-server\r\n\r\n", 502, null)]
    public async Task Answer_OfAnyForm_IsPassedOnOrRefused_AndTheNextIsWell(string answer, int status, string? body)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.Route(HttpMesh.To("web") with { Retry = RetryPolicy.Never });
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeAsync(listener, answer, Well);
        using var client = mesh.NewClient();

        using var first = await client.PostAsync(new Uri("/first", UriKind.Relative), null, TestContext.Current.CancellationToken);
        var text = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((status, body ?? text), ((int)first.StatusCode, text));
        Assert.Equal("well", await client.GetStringAsync(new Uri("/second", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(status == 502 ? ResponseFlag.UpstreamProtocolError : ResponseFlag.None, (await mesh.Requests.WaitAsync("/first")).Flags);
        await serving;
    }

    [Theory]
    [InlineData(Well + "and more")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwell")]
    [InlineData(Well)]
    public async Task Connection_ThatCannotBeUsedAgain_IsNot(string answer)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeAsync(listener, answer, Well, Well);
        using var client = mesh.NewClient();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("well", await client.GetStringAsync(new Uri($"/{i}", UriKind.Relative), TestContext.Current.CancellationToken));
        }

        await serving;
    }

    [Fact]
    public async Task Answer_BeforeTheRequestIsComplete_IsPassedOn()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeAsync(listener, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig", Well);
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /early HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nContent-Length: 1000000\r\n\r\npart"));
        var answer = await HttpMesh.ReadUntilAsync(socket, "big");

        Assert.StartsWith("HTTP/1.1 413 Too Large", answer, StringComparison.Ordinal);
        var record = await mesh.Requests.WaitAsync("/early");
        Assert.Equal((413, 1), (record.Status, record.Attempts));
        using var client = mesh.NewClient();
        Assert.Equal("well", await client.GetStringAsync(new Uri("/next", UriKind.Relative), TestContext.Current.CancellationToken));
        await serving;
    }

    [Theory]
    [InlineData("", 3, ResponseFlag.UpstreamConnectionTermination | ResponseFlag.UpstreamRetryLimitExceeded)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 1, ResponseFlag.UpstreamConnectionTermination)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 1, ResponseFlag.UpstreamConnectionTermination)]
    internal async Task Server_ThatBreaks_IsTriedAgainOnlyBeforeTheFirstByteOfAnAnswer(string answer, int attempts, ResponseFlag flags)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.Route(HttpMesh.To("web") with { Retry = new RetryPolicy { Attempts = 2, Conditions = RetryConditions.Reset | RetryConditions.ServerError, Backoff = TimeSpan.FromMilliseconds(1) } });
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeAsync(listener, [.. Enumerable.Repeat(answer, attempts), Well]);
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /reset HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"));
        var got = await HttpMesh.ReadToEndAsync(socket);

        Assert.StartsWith(answer.Length == 0 ? "HTTP/1.1 503" : "HTTP/1.1 200", got, StringComparison.Ordinal);
        Assert.DoesNotContain("well", got, StringComparison.Ordinal);
        var record = await mesh.Requests.WaitAsync("/reset");
        Assert.Equal((attempts, flags), (record.Attempts, record.Flags));
        using var client = mesh.NewClient();
        Assert.Equal("well", await client.GetStringAsync(new Uri("/next", UriKind.Relative), TestContext.Current.CancellationToken));
        await serving;
    }

    [Fact]
    public async Task Body_ThatIsSentInChunks_ReachesTheServerInChunks()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var listener = await mesh.Server.ListenAsync(8080);
        var seen = ReceiveAsync(listener);
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /chunks HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));

        Assert.EndsWith("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", await seen, StringComparison.Ordinal);
    }

    /// <summary>Answers one connection after the other with a text once its request's head has come, and ends it.</summary>
    private static async Task ServeAsync(Socket listener, params string[] answers)
    {
        foreach (var answer in answers)
        {
            using var socket = await TestMesh.AcceptAsync(listener);
            await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n");
            await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
            socket.Shutdown(SocketShutdown.Send);
            await HttpMesh.ReadToEndAsync(socket);
        }
    }

    private static async Task<string> ReceiveAsync(Socket listener)
    {
        using var socket = await TestMesh.AcceptAsync(listener);
        var text = await HttpMesh.ReadUntilAsync(socket, "0\r\n\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(Well));
        return text;
    }
}
