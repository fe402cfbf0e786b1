using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Requests that are not as they should be, and endpoints that are not.</summary>
public sealed class HttpRefusalTests
{
    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: -5\r\n\r\nabcde")]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: +5\r\n\r\nabcde")]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 000000000000000000000000005\r\n\r\nabcde")]
    [InlineData("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 5, 6\r\n\r\nabcde")]
    [InlineData("GET / HTTP/1.1\r\nHost: web\r\nX-Folded: one\r\n two\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: web\nX-Bare: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : web\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: web\r\nX-Bad : 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: web\r\nHost: other\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\nHost: web\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Request_ThatCouldBeReadInTwoWays_Gets400AndReachesNobody(string request)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var reached = 0;
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            Interlocked.Increment(ref reached);
            return context.Request.Body.CopyToAsync(Stream.Null);
        });

        var answer = await mesh.ExchangeAsync(request);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task Body_ThatIsNotWellFormed_Gets400()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Request.Body.CopyToAsync(Stream.Null));

        var answer = await mesh.ExchangeAsync("POST /chunks HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(ResponseFlag.DownstreamProtocolError, (await mesh.Requests.WaitAsync("/chunks")).Flags);
    }

    [Fact]
    public async Task Connect_IsAnsweredAsARequestWithoutARoute()
    {
        await using var mesh = await HttpMesh.CreateAsync();

        var answer = await mesh.ExchangeAsync("CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Equal(ResponseFlag.NoRouteFound, Assert.Single(mesh.Requests.All).Flags);
    }

    [Fact]
    public async Task Request_ThatNoRuleMatches_Gets404()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.Route(new AttachedRule<HttpMatch>([new HttpMatch { Path = PathMatch.Exact("/only") }], HttpMesh.To("web")));
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        using var client = mesh.NewClient();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/other", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("ok", await client.GetStringAsync(new Uri("/only", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal((ResponseFlag.NoRouteFound, "route_not_found"), Of(await mesh.Requests.WaitAsync("/other")));
    }

    [Fact]
    public async Task Endpoint_ThatNothingListensAt_Gets503AfterTheRetries()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var record = await mesh.Requests.WaitAsync("/");
        Assert.Equal((3, ResponseFlag.UpstreamConnectionFailure | ResponseFlag.UpstreamRetryLimitExceeded), (record.Attempts, record.Flags));
    }

    [Fact]
    public async Task Service_WithoutEndpoints_Gets503()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.AddService("empty", IPAddress.Parse("10.96.0.21"), Model.AppProtocol.Http11);
        mesh.Route(HttpMesh.To("empty"));
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no healthy upstream"), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal((ResponseFlag.NoHealthyUpstream, "no_healthy_upstream"), Of(await mesh.Requests.WaitAsync("/")));
    }

    [Theory]
    [InlineData("this is no HTTP\r\n\r\n", 502, ResponseFlag.UpstreamProtocolError)]
    [InlineData("", 503, ResponseFlag.UpstreamConnectionTermination)]
    [InlineData("HTTP/1.1 200", 503, ResponseFlag.UpstreamConnectionTermination)]
    internal async Task Endpoint_ThatAnswersNoHttp_IsAnsweredForAndTheNextRequestIsWell(string answer, int status, ResponseFlag flag)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.Route(HttpMesh.To("web") with { Retry = RetryPolicy.Never });
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeRawAsync(listener, answer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var client = mesh.NewClient();

        // A POST: what may be done twice is sent again where a connection ends without an answer.
        using var response = await client.PostAsync(new Uri("/first", UriKind.Relative), null, TestContext.Current.CancellationToken);
        var second = await client.GetStringAsync(new Uri("/second", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((status, "ok"), ((int)response.StatusCode, second));
        Assert.Equal(flag, (await mesh.Requests.WaitAsync("/first")).Flags);
        await serving;
    }

    [Fact]
    public async Task Endpoint_ThatBreaksInTheMiddleOfItsAnswer_IsSeenToBreak()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        using var listener = await mesh.Server.ListenAsync(8080);
        var serving = ServeRawAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /half HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n\r\n"));
        var answer = await HttpMesh.ReadToEndAsync(socket);

        Assert.DoesNotContain("HTTP/1.1 503", answer, StringComparison.Ordinal);
        var record = await mesh.Requests.WaitAsync("/half");
        Assert.Equal((200, 1, ResponseFlag.UpstreamConnectionTermination), (record.Status, record.Attempts, record.Flags));
        await serving;
    }

    [Fact]
    public async Task Request_WhoseTimeIsUp_Gets504()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.Route(HttpMesh.To("web") with { Timeout = TimeSpan.FromMilliseconds(100) });
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server, context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default));
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/slow", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.GatewayTimeout, "upstream request timeout"), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal((ResponseFlag.UpstreamRequestTimeout, "response_timeout"), Of(await mesh.Requests.WaitAsync("/slow")));
    }

    [Fact]
    public async Task Destination_ThatAPolicyCloses_Gets503AndIsTriedOnce()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        mesh.Mesh.Apply(TestMesh.Deny("closed", new Model.PolicyMatch { DestinationPorts = [8080] }));
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var record = await mesh.Requests.WaitAsync("/");
        Assert.Equal((1, true), (record.Attempts, record.Flags.HasFlag(ResponseFlag.Unauthorized)));
    }

    private static (ResponseFlag Flags, string Details) Of(RequestRecord record) => (record.Flags, record.Details);

    /// <summary>Answers one connection after the other with a text, whatever was asked, and ends it.</summary>
    private static async Task ServeRawAsync(Socket listener, params string[] answers)
    {
        foreach (var answer in answers)
        {
            using var socket = await TestMesh.AcceptAsync(listener);
            await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n");
            await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
            socket.Shutdown(SocketShutdown.Both);
        }
    }
}
