using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Limits and hashing, as clients and servers see them.</summary>
public sealed class HttpResilienceTests
{
    [Fact]
    public async Task RateLimit_ThatIsUsedUp_Answers429AndSaysWhen()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("served"));
        Limit(mesh, new RateLimitRule
        {
            Origin = new ResourceOrigin("RateLimitPolicy", "shop", "web"),
            Name = "per-user",
            Requests = 2,
            Period = TimeSpan.FromHours(1),
            Burst = 2,
            Keys = [new RateLimitKey(RateLimitKeyKind.SourceIdentity), new RateLimitKey(RateLimitKeyKind.Header, "x-user")],
            Match = new HttpMatch { Path = PathMatch.Prefix("/api") },
        });
        using var client = mesh.NewClient();

        Assert.Equal(200, await GetAsync(client, "/api/1", "alice"));
        Assert.Equal(200, await GetAsync(client, "/api/2", "alice"));
        Assert.Equal(429, await GetAsync(client, "/api/3", "alice"));
        Assert.Equal(200, await GetAsync(client, "/api/4", "bob"));
        Assert.Equal(200, await GetAsync(client, "/other", "alice"));

        using var refused = await client.SendAsync(Request("/api/5", "alice"));
        Assert.Equal("true", refused.Headers.GetValues("x-envoy-ratelimited").Single());
        Assert.Equal("\"per-user\";q=2;w=3600", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"per-user\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1800));
        Assert.Equal(ResponseFlag.RateLimited, (await mesh.Requests.WaitAsync("/api/5")).Flags);
    }

    [Fact]
    public async Task ConsistentHash_ByCookie_GivesOneAndStaysWithItsEndpoint()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        var other = await mesh.Mesh.AddPodAsync("other", 2, 4);
        mesh.AddService("web", DataPaths.TestMesh.Vip, AppProtocol.Http11, mesh.Server, other);
        await using var one = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("one"));
        await using var two = await HttpServerApp.StartAsync(other, context => context.Response.WriteAsync("two"));
        var hash = new ConsistentHash { On = HashKeyKind.Cookie, Key = "session", CookieTtl = TimeSpan.FromMinutes(1), CookiePath = "/" };
        mesh.Treat(new TrafficSettings { LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.ConsistentHash, Hash = hash } });
        using var client = mesh.NewClient();

        using var first = await client.GetAsync(new Uri("/", UriKind.Relative));
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.EndsWith("; Max-Age=60; Path=/; HttpOnly", cookie, StringComparison.Ordinal);
        var served = await first.Content.ReadAsStringAsync();
        for (var i = 0; i < 8; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("Cookie", $"a=b; {cookie.Split(';')[0]}");
            using var again = await client.SendAsync(request);
            Assert.Equal(served, await again.Content.ReadAsStringAsync());
            Assert.False(again.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task OutlierDetection_OfAnEndpointThatAnswersErrors_LeavesItOut()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        var other = await mesh.Mesh.AddPodAsync("other", 2, 4);
        mesh.AddService("web", DataPaths.TestMesh.Vip, AppProtocol.Http11, mesh.Server, other);
        await using var good = await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("good"));
        await using var bad = await HttpServerApp.StartAsync(other, context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        mesh.Treat(new TrafficSettings
        {
            LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.RoundRobin },
            OutlierDetection = new OutlierDetection { Consecutive5xx = 2, MaxEjectionPercent = 50, BaseEjectionTime = TimeSpan.FromHours(1) },
        });
        using var client = mesh.NewClient();
        var answers = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(await GetAsync(client, $"/{i}", "x"));
        }

        Assert.Equal(2, answers.Count(a => a == 500));
        Assert.All(answers[5..], a => Assert.Equal(200, a));
    }

    [Fact]
    public async Task Endpoint_ThatLeavesTheService_FinishesItsRequest()
    {
        await using var mesh = await HttpMesh.CreateAsync();
        var begun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await HttpServerApp.StartAsync(mesh.Server, async context =>
        {
            begun.TrySetResult(true);
            await end.Task;
            await context.Response.WriteAsync("finished");
        });
        using var client = mesh.NewClient();
        var slow = client.GetStringAsync(new Uri("/slow", UriKind.Relative), TestContext.Current.CancellationToken);
        await DataPaths.Eventually.WithinAsync(begun.Task);

        mesh.Mesh.State.Apply(new ModelChange { Workloads = [mesh.Server.Workload with { Services = [] }] });

        Assert.Equal(503, await GetAsync(client, "/next", "x"));
        Assert.Equal(ResponseFlag.NoHealthyUpstream, (await mesh.Requests.WaitAsync("/next")).Flags);
        end.SetResult();
        Assert.Equal("finished", await slow);
    }

    [Theory]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1", "80f198ee56343ba864fe8b2a57d3eff7")]
    [InlineData("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7", "80f198ee56343ba864fe8b2a57d3eff7")]
    public async Task Trace_OfTheClient_IsPassedOnInItsOwnStyle(string header, string value, string trace)
    {
        await using var mesh = await HttpMesh.CreateAsync();
        await using var server = await HttpServerApp.StartAsync(
            mesh.Server, context => context.Response.WriteAsync($"{context.Request.Headers[header]}|{context.Request.Headers.TraceParent}"));
        using var client = mesh.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/traced");
        request.Headers.Add(header, value);
        request.Headers.Add("x-b3-spanid", "e457b5a2e4d86bd1");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var own = header == "traceparent" ? value : "";
        Assert.Equal($"{value}|{own}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(trace, (await mesh.Requests.WaitAsync("/traced")).TraceId);
    }

    private static void Limit(HttpMesh mesh, RateLimitRule rule) =>
        mesh.Mesh.State.Apply(new ModelChange { Routes = [new ServiceRoutes { Key = HttpMesh.Key("web"), RateLimits = [rule] }] });

    private static HttpRequestMessage Request(string path, string user)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("x-user", user);
        return request;
    }

    private static async Task<int> GetAsync(HttpClient client, string path, string user)
    {
        using var request = Request(path, user);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
