using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Trailers of requests, and what else an HTTP/2 endpoint is told in frames.</summary>
public sealed class HttpTrailersTests
{
    [Theory]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1, 1)]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1, 2)]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2, 1)]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2, 2)]
    public async Task Trailers_OfARequest_ReachTheApplicationBehindTheBody(AppProtocol protocol, HttpProtocols served, int serverNode)
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: serverNode, protocol: protocol);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, TellAsync, served);
        using var socket = await mesh.ConnectAsync();

        // Twice, as the connections have to stay usable.
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /{i} HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: {i}\r\nAuthorization: secret\r\nx-forwarded-for: 192.0.2.1\r\nX-Long: {new string('l', 300)}\r\n\r\n"));
            var answer = await HttpMesh.ReadUntilAsync(socket, "]");
            Assert.EndsWith($"[/{i} abc x-long={new string('l', 300)} x-sum={i} clean]", answer, StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1)]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2)]
    public async Task Trailers_BehindABodyThatWaitsToBeAskedFor_ReachTheApplication(AppProtocol protocol, HttpProtocols served)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: protocol);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, TellAsync, served);
        using var socket = await mesh.ConnectAsync();

        // Twice, as the connections have to stay usable.
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /{i} HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"));
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n"));
            await socket.SendAsync("3\r\nabc\r\n0\r\nx-sum: 6\r\n\r\n"u8.ToArray());
            Assert.Contains($"[/{i} abc x-sum=6 Expect]", await HttpMesh.ReadUntilAsync(socket, "]\r\n0\r\n\r\n"), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Body_ThatTheApplicationDoesNotAskFor_IsNotSentAndTheAnswerComes()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            context.Response.StatusCode = StatusCodes.Status417ExpectationFailed;
            return context.Response.WriteAsync("[no]");
        });

        for (var i = 0; i < 2; i++)
        {
            using var socket = await mesh.ConnectAsync();
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
            Assert.StartsWith("HTTP/1.1 417 ", await HttpMesh.ReadUntilAsync(socket, "[no]"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1)]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2)]
    public async Task Request_WithoutTrailers_IsWhatItWas(AppProtocol protocol, HttpProtocols served)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: protocol);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, TellAsync, served);

        Assert.EndsWith("[/a abc clean]", await AskAsync(mesh, "POST /a", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), StringComparison.Ordinal);
        Assert.EndsWith("[/b abc clean]", await AskAsync(mesh, "POST /b", "Content-Length: 3\r\n", "abc"), StringComparison.Ordinal);
        Assert.EndsWith("[/c  clean]", await AskAsync(mesh, "GET /c", "", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsThatShareAConnection_HaveEachItsOwnTrailers()
    {
        const int Clients = 16;
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2, protocol: AppProtocol.Http2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, TellAsync, HttpProtocols.Http2);
        Assert.EndsWith("[/first  clean]", await AskAsync(mesh, "GET /first", "", ""), StringComparison.Ordinal);
        var body = new string('b', 40_000);

        async Task ClientAsync(int number)
        {
            for (var i = 0; i < 10; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{number}-{i}");
                var trailers = number % 2 == 0 ? $"x-sum: {name}\r\n" : "";
                var answer = await AskAsync(mesh, $"POST /{name}", "Transfer-Encoding: chunked\r\n", $"{body.Length:x}\r\n{body}\r\n0\r\n{trailers}\r\n");
                Assert.EndsWith($"[/{name} 40000 {(number % 2 == 0 ? $"x-sum={name} " : "")}clean]", answer, StringComparison.Ordinal);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Trailers_OfARequestThatIsSentAgain_GoWithTheLastTry()
    {
        await using var mesh = await HttpMesh.CreateAsync(
            HttpMesh.To("web") with { Retry = new RetryPolicy { Attempts = 2, Conditions = RetryConditions.ServerError } }, protocol: AppProtocol.Http2);
        var tries = 0;
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server,
            async context =>
            {
                if (Interlocked.Increment(ref tries) == 1)
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                    context.Response.StatusCode = 500;
                    return;
                }

                await TellAsync(context);
            },
            HttpProtocols.Http2);

        var answer = await AskAsync(mesh, "POST /again", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\nx-sum: 6\r\n\r\n");

        Assert.EndsWith("[/again abc x-sum=6 clean]", answer, StringComparison.Ordinal);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task Request_WithAHeadOfSeveralFrames_KeepsItsTrailersAndHasNoHeaderThatNobodySent()
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: AppProtocol.Http2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, TellAsync, HttpProtocols.Http2);
        using var socket = await mesh.ConnectAsync();

        // Less than what is taken out, so that the end of the first frame is anywhere in it once.
        for (var length = 7500; length <= 8500; length += 20)
        {
            var pads = $"x-pad-1: {new string('p', 8000)}\r\nx-pad-2: {new string('p', length)}\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /{length} HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n{pads}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 6\r\n\r\n"));
            Assert.EndsWith($"[/{length} abc x-sum=6 clean]", await HttpMesh.ReadUntilAsync(socket, "]"), StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1)]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2)]
    public async Task Options_OfTheWholeServer_ReachItAsAnAsterisk(AppProtocol protocol, HttpProtocols served)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: protocol);
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server,
            context => context.Response.WriteAsync($"[{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers["x-end"]}]"),
            served);

        for (var i = 0; i < 3; i++)
        {
            Assert.EndsWith("[OPTIONS * kept]", await AskAsync(mesh, "OPTIONS *", "X-End: kept\r\n", ""), StringComparison.Ordinal);
            Assert.EndsWith("[OPTIONS /x kept]", await AskAsync(mesh, "OPTIONS /x", "X-End: kept\r\n", ""), StringComparison.Ordinal);
        }
    }

    /// <summary>Answers path, body (of a long one the length) and trailers, and whether there was a header that nobody sent.</summary>
    private static async Task TellAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        body = body.Length > 10 ? body.Length.ToString(CultureInfo.InvariantCulture) : body;
        var trailers = context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } feature ? feature.Trailers : new HeaderDictionary();
        string[] known = ["host", ":authority", ":method", ":path", ":scheme", "trailer", "transfer-encoding", "content-length", "traceparent"];
        var strange = context.Request.Headers.Keys.Where(k => !known.Contains(k.ToLowerInvariant()) && !k.StartsWith("x-envoy-", StringComparison.OrdinalIgnoreCase) && !k.StartsWith("x-pad-", StringComparison.OrdinalIgnoreCase)
            && !k.Equals("x-request-id", StringComparison.OrdinalIgnoreCase) && !k.Equals("x-forwarded-proto", StringComparison.OrdinalIgnoreCase)).ToList();
        await context.Response.WriteAsync(
            $"[{context.Request.Path} {body} {string.Concat(trailers.OrderBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Select(t => $"{t.Key.ToLowerInvariant()}={t.Value} "))}{(strange.Count == 0 ? "clean" : string.Join(',', strange))}]");
    }

    private static async Task<string> AskAsync(HttpMesh mesh, string line, string headers, string body)
    {
        using var socket = await mesh.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n{headers}\r\n{body}"));
        return await HttpMesh.ReadUntilAsync(socket, "]");
    }
}
