using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Copies of requests: what they carry, and that a request never feels them.</summary>
public sealed class HttpMirrorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("HTTPRoute", "web.shop.svc.cluster.local")]
    [InlineData("VirtualService", "web.shop.svc.cluster.local-shadow")]
    public async Task Copy_OfARequest_IsAsTheBackendsAndItsAnswerIsThrownAway(string kind, string host)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var copies = await AddCopyServerAsync(mesh, "copies", 4);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, Echo);
        var seen = new TaskCompletionSource<string>();
        await using var mirror = await HttpServerApp.StartAsync(copies, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            seen.TrySetResult($"{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers.Host} {context.Request.Headers["x-made"]} {await reader.ReadToEndAsync()}");
            context.Response.StatusCode = 500;
        });
        mesh.Route(HttpMesh.To("web") with
        {
            Origin = new RuleOrigin(new ResourceOrigin(kind, "shop", "test"), 0),
            Mirrors = [To("copies")],
            RequestHeaders = new HeaderChanges { Set = [new HeaderValue("x-made", "yes")] },
            Rewrite = new UrlRewrite(null, PathRewrite.Full("/changed")),
        });
        using var client = mesh.NewClient();

        using var content = new StringContent("hello");
        using var response = await client.PostAsync(new Uri("/asked?a=1", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"POST /changed?a=1 {host} yes hello", await seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        var record = await mesh.Requests.WaitAsync("/asked?a=1");
        Assert.Equal((200, "server", 1), (record.Status, record.DestinationWorkload?.Name, record.Attempts));
        Assert.Equal(MirrorResult.Answered, await mesh.Mesh.Node1.Pipeline.MirroredAsync());
        Assert.Single(mesh.Requests.All);
    }

    [Fact]
    public async Task Copies_OfSeveralMirrors_AllCarryTheWholeBody()
    {
        await using var mesh = await HttpMesh.CreateAsync(serverNode: 2);
        var bytes = RandomNumberGenerator.GetBytes(700_000);
        var sums = new ConcurrentBag<string>();
        Task Sum(HttpContext context) => SumAsync(context, sums);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Request.Body.CopyToAsync(Stream.Null));
        await using var first = await HttpServerApp.StartAsync(await AddCopyServerAsync(mesh, "first", 4), Sum);
        await using var second = await HttpServerApp.StartAsync(await AddCopyServerAsync(mesh, "second", 5, node: 2), Sum);
        mesh.Route(HttpMesh.To("web") with { Mirrors = [To("first"), To("second")] });
        using var client = mesh.NewClient();

        using var content = new ByteArrayContent(bytes);
        using var response = await client.PostAsync(new Uri("/upload", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var expected = Convert.ToHexString(SHA256.HashData(bytes));
        await Eventually.TrueAsync(() => sums.Count == 2, "two copies arrive");
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    [Fact]
    public async Task Copy_WhoseServerTakesNothing_IsGivenUpAndTheRequestPasses()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var copies = await AddCopyServerAsync(mesh, "copies", 4);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            var buffer = new byte[64 * 1024];
            var length = 0L;
            while (await context.Request.Body.ReadAsync(buffer) is var count and > 0)
            {
                length += count;
            }

            await context.Response.WriteAsync($"{length}");
        });
        var release = new TaskCompletionSource();
        await using var mirror = await HttpServerApp.StartAsync(copies, _ => release.Task);
        mesh.Route(HttpMesh.To("web") with { Mirrors = [To("copies")] });
        using var client = mesh.NewClient();

        // More than the copy's buffers and those of every socket on its way.
        using var content = new ByteArrayContent(new byte[32 * 1024 * 1024]);
        using var response = await client.PostAsync(new Uri("/upload", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal("33554432", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(MirrorResult.Dropped, await mesh.Mesh.Node1.Pipeline.MirroredAsync());
        release.SetResult();
    }

    [Fact]
    public async Task Copies_WithoutAnEndpointOrOfNoPercent_ChangeNothing()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        mesh.AddService("empty", IPAddress.Parse("10.96.0.31"), AppProtocol.Http11);
        var copies = await AddCopyServerAsync(mesh, "copies", 4);
        var reached = 0;
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        await using var mirror = await HttpServerApp.StartAsync(copies, _ =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        mesh.Route(HttpMesh.To("web") with { Mirrors = [To("empty"), To("copies") with { Percent = 0 }] });
        using var client = mesh.NewClient();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("ok", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        }

        Assert.Equal(MirrorResult.Dropped, await mesh.Mesh.Node1.Pipeline.MirroredAsync());
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task Mirror_OfOneBackend_CopiesItsRequestsAlone()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var copies = await AddCopyServerAsync(mesh, "copies", 4);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("ok"));
        var seen = new ConcurrentQueue<string>();
        await using var mirror = await HttpServerApp.StartAsync(copies, context =>
        {
            seen.Enqueue(context.Request.Path);
            return Task.CompletedTask;
        });
        AttachedRule<HttpMatch> Rule(string path, RouteBackend backend) =>
            new([new HttpMatch { Path = PathMatch.Exact(path) }], HttpMesh.To("web") with { Backends = [backend] });
        var plain = new RouteBackend { Service = HttpMesh.Key("web"), Port = 80 };
        mesh.Route(Rule("/plain", plain), Rule("/copied", plain with { Mirrors = [To("copies")] }));
        using var client = mesh.NewClient();

        Assert.Equal("ok", await client.GetStringAsync(new Uri("/plain", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("ok", await client.GetStringAsync(new Uri("/copied", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.Equal(MirrorResult.Answered, await mesh.Mesh.Node1.Pipeline.MirroredAsync());
        Assert.Equal("/copied", Assert.Single(seen));
    }

    [Fact]
    public async Task Redirect_OfOneBackend_AnswersInItsPlace()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var backend = new RouteBackend
        {
            Service = HttpMesh.Key("web"),
            Port = 80,
            Redirect = new HttpRedirect { Host = "other.example.com", Status = 302 },
            ResponseHeaders = new HeaderChanges { Set = [new HeaderValue("x-moved", "yes")] },
        };
        mesh.Route(HttpMesh.To("web") with { Backends = [backend] });
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/a?b=1", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Redirect, "http://other.example.com/a?b=1"), (response.StatusCode, response.Headers.Location?.OriginalString));
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("x-moved")));
    }

    private static RequestMirror To(string service) => new(new RouteBackend { Service = HttpMesh.Key(service), Port = 80 });

    private static async Task<TestPod> AddCopyServerAsync(HttpMesh mesh, string name, int host, int node = 1)
    {
        var pod = await mesh.Mesh.AddPodAsync(name, node, host);
        mesh.AddService(name, IPAddress.Parse($"10.96.0.{30 + host}"), AppProtocol.Http11, pod);
        return pod;
    }

    private static Task Echo(HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body);

    private static async Task SumAsync(HttpContext context, ConcurrentBag<string> sums) =>
        sums.Add(Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body)));
}
