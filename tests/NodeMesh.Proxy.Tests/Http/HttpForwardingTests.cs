using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>What of a request reaches the application, and what of its answer the client.</summary>
public sealed class HttpForwardingTests
{
    [Theory]
    [InlineData(1, ConnectionSecurity.SameNode)]
    [InlineData(2, ConnectionSecurity.MutualTls)]
    internal async Task Request_OnARoutedService_ReachesTheApplicationWithTheClientsAddress(int serverNode, ConnectionSecurity security)
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: serverNode);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Request.Headers.Host}"));
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/where?a=1", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal($"{mesh.Client.Address} {HttpMesh.Host}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("nodemesh", response.Headers.Server.ToString());
        Assert.True(response.Headers.Contains("x-envoy-upstream-service-time"));
        var record = await mesh.Requests.WaitAsync("/where?a=1");
        Assert.Equal((200, security, "server", "client"), (record.Status, record.Security, record.DestinationWorkload?.Name, record.SourceWorkload?.Name));
        Assert.Equal(("GET", "HTTP/1.1", 1, "HTTPRoute shop/test rule 0"), (record.Method, record.Protocol, record.Attempts, record.Route));
        Assert.Empty(TestMesh.StrayThreads());
    }

    [Fact]
    public async Task Requests_OfOneConnection_ShareOneConnectionToTheEndpoint()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        using var client = mesh.NewClient();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("ok", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Requests_OfOneConnection_FollowTheModel()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var other = await mesh.Mesh.AddPodAsync("other", 1, 4);
        await using var first = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("first"));
        await using var second = await HttpServerApp.StartAsync(other, context => context.Response.WriteAsync("second"));
        using var client = mesh.NewClient();
        Assert.Equal("first", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));

        // The endpoint is another, and then the route.
        mesh.Mesh.State.Apply(new ModelChange { Workloads = [mesh.Server.Workload] });
        mesh.AddService("web", TestMesh.Vip, AppProtocol.Http11, other);
        Assert.Equal("second", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));

        mesh.AddService("spare", IPAddress.Parse("10.96.0.21"), AppProtocol.Http11, mesh.Server);
        mesh.Route(HttpMesh.To("spare"));
        Assert.Equal("first", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Headers_ForTheNextHopAlone_StayBehindAndOthersPass()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        IHeaderDictionary? seen = null;
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context =>
        {
            seen = new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            return Task.CompletedTask;
        });

        using var socket = await mesh.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nConnection: X-Hop\r\nX-Hop: secret\r\nKeep-Alive: timeout=5\r\nX-End: one\r\nX-End: two\r\nCookie: c=3\r\nX-Request-Id: mine\r\n\r\n"));
        var answer = await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(seen);
        Assert.False(seen.ContainsKey("X-Hop"));
        Assert.False(seen.ContainsKey("Keep-Alive"));
        Assert.Equal("one,two", seen["X-End"].ToString().Replace(", ", ",", StringComparison.Ordinal));
        Assert.Equal(("c=3", "mine", "http", "1"), (seen.Cookie.ToString(), seen["X-Request-Id"].ToString(), seen["X-Forwarded-Proto"].ToString(), seen["X-Envoy-Attempt-Count"].ToString()));

        // Nothing is traced: an application that traces is not told that nobody wants it.
        Assert.Empty(seen.TraceParent.ToString());
    }

    [Theory]
    [InlineData("GET http://web.shop.svc.cluster.local/a/../b%2Fc?q=%20x HTTP/1.1", "GET /a/../b%2Fc?q=%20x")]
    [InlineData("BREW /pot HTTP/1.1", "BREW /pot")]
    [InlineData("DELETE /x//y?z HTTP/1.1", "DELETE /x//y?z")]
    public async Task RequestLine_OfAnyForm_ReachesTheApplicationAsItWasWritten(string line, string expected)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server, context => context.Response.WriteAsync($"[{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}]"));

        var answer = await mesh.ExchangeAsync($"{line}\r\nHost: {HttpMesh.Host}\r\nConnection: close\r\n\r\n");

        Assert.Contains($"[{expected}]", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OfMegabytes_PassesWholeBothWays(bool withLength)
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        using var client = mesh.NewClient();
        var bytes = RandomNumberGenerator.GetBytes(5_000_000);
        using HttpContent content = withLength ? new ByteArrayContent(bytes) : new StreamContent(new UnknownLength(bytes));

        using var response = await client.PostAsync(new Uri("/echo", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        var record = await mesh.Requests.WaitAsync("/echo");
        Assert.Equal((bytes.Length, bytes.Length), (record.BytesReceived, record.BytesSent));
    }

    [Fact]
    public async Task Body_AnnouncedWith100Continue_IsSentOnceTheApplicationAsksForIt()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync("got " + await reader.ReadToEndAsync());
        });
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"));
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n"));
        await socket.SendAsync("body"u8.ToArray());

        Assert.EndsWith("got body\r\n0\r\n\r\n", await HttpMesh.ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_WhoseBodyTakesItsTime_ReachesTheClientPartByPart()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var second = new TaskCompletionSource();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.StartAsync();
            await context.Response.WriteAsync("data: one\n\n");
            await context.Response.Body.FlushAsync();
            await second.Task;
            await context.Response.WriteAsync("data: two\n\n");
        });
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        second.SetResult();
        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: two", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Http2_OfTheClient_IsSpokenToTheApplicationWithTrailersAndBothWaysAtOnce()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2);
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server,
            async context =>
            {
                await context.Response.Body.FlushAsync();
                await context.Request.Body.CopyToAsync(context.Response.Body);
                context.Response.AppendTrailer("x-sum", "5");
            },
            HttpProtocols.Http2);
        using var client = mesh.NewClient(HttpVersion.Version20);
        var words = Channel.CreateUnbounded<string>();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/duplex", UriKind.Relative))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new WordContent(words.Reader),
        };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[5];
        foreach (var word in new[] { "first", "other" })
        {
            words.Writer.TryWrite(word);
            await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal(word, Encoding.ASCII.GetString(buffer));
        }

        words.Writer.Complete();
        Assert.Equal(0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal("5", response.TrailingHeaders.GetValues("x-sum").Single());
        Assert.Equal("HTTP/2", (await mesh.Requests.WaitAsync("/duplex")).Protocol);
    }

    [Fact]
    public async Task Upgrade_ThatTheApplicationAccepts_JoinsBothEnds()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            Assert.Equal("chat", context.Request.Headers.Upgrade.ToString());
            context.Response.Headers.Upgrade = "chat";
            await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            var buffer = new byte[5];
            await stream.ReadExactlyAsync(buffer);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(buffer).ToUpperInvariant()));
        });
        using var socket = await mesh.ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /chat HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello"));
        var head = await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("Upgrade: chat\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("HELLO", await HttpMesh.ReadToEndAsync(socket));
        Assert.Equal((101, 5L, 5L), await Sizes());

        async Task<(int Status, long Received, long Sent)> Sizes()
        {
            var record = await mesh.Requests.WaitAsync("/chat");
            return (record.Status, record.BytesReceived, record.BytesSent);
        }
    }

    [Fact]
    public async Task Client_ThatGoesAwayWhileItWaits_EndsTheRequestAtTheApplication()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var (began, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
        });
        using (var socket = await mesh.ConnectAsync())
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /wait HTTP/1.1\r\nHost: {HttpMesh.Host}\r\n\r\n"));
            await began.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var record = await mesh.Requests.WaitAsync("/wait");
        Assert.Equal((0, "downstream_remote_disconnect"), (record.Status, record.Details));
    }

    /// <summary>A body whose headers and words are sent as they come.</summary>
    private sealed class WordContent(ChannelReader<string> words) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await foreach (var word in words.ReadAllAsync())
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(word));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
