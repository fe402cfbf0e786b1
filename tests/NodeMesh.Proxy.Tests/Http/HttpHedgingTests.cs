using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Tries of a request that run at once, between real clients and servers.</summary>
public sealed class HttpHedgingTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Try_ThatTakesTooLong_HasAnotherBesideItWhoseAnswerCounts()
    {
        await using var shop = await Shop.CreateAsync(1, SlowAtFirst);
        using var client = shop.Mesh.NewClient();

        Assert.Equal("try 2", await client.GetStringAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.Equal(["1 given up"], await shop.EndsAsync(1));
        Assert.Equal(2, shop.Pods.Distinct().Count());
        Assert.Equal(1, shop.Mesh.Mesh.Node1.Pipeline.Hedged);
        var record = await shop.Mesh.Requests.WaitAsync("/get");
        Assert.Equal((2, ResponseFlag.None, shop.Pods.Last()), (record.Attempts, record.Flags, record.DestinationWorkload?.Name));
    }

    [Fact]
    public async Task FirstTry_ThatAnswersAfterAll_WinsAndEndsTheOther()
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var shop = await Shop.CreateAsync(1, async (context, number) =>
        {
            if (number == 2)
            {
                second.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await second.Task.WaitAsync(Patience);
            await context.Response.WriteAsync($"try {number}");
        });
        using var client = shop.Mesh.NewClient();

        Assert.Equal("try 1", await client.GetStringAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.Equal(["2 given up"], await shop.EndsAsync(1));
        Assert.Equal(shop.Pods.First(), (await shop.Mesh.Requests.WaitAsync("/get")).DestinationWorkload?.Name);
    }

    [Fact]
    public async Task Failure_OfATryBesideAnother_IsNobodysAnswer()
    {
        var policy = new RetryPolicy { Attempts = 2, Conditions = RetryConditions.ServerError };
        await using var shop = await Shop.CreateAsync(2, (context, number) =>
        {
            context.Response.StatusCode = number == 2 ? 503 : 200;
            return SlowAtFirst(context, number);
        });
        shop.Set(policy, new Hedging(true, Delay));
        using var client = shop.Mesh.NewClient();

        Assert.Equal("try 3", await client.GetStringAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(3, (await shop.Mesh.Requests.WaitAsync("/get")).Attempts);
    }

    [Fact]
    public async Task Body_ThatIsWhole_GoesWithEachTry()
    {
        var policy = new RetryPolicy { Attempts = 1, Conditions = RetryConditions.ServerError };
        await using var shop = await Shop.CreateAsync(1, async (context, number) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            if (number == 1)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await context.Response.WriteAsync($"{number}: {body}");
        });
        shop.Set(policy, new Hedging(true, Delay));
        using var client = shop.Mesh.NewClient();
        using var content = new StringContent(new string('x', 40_000));

        using var response = await client.PostAsync(new Uri("/post", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal($"2: {new string('x', 40_000)}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FirstTry_ThatWaitsForItsConnectionWhileAnotherBegins_IsStillTheFirst()
    {
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var shop = await Shop.CreateAsync(1, async (context, number) =>
        {
            if (number == 1)
            {
                arrived.SetResult(true);
                await go.Task.WaitAsync(Patience);
            }

            await context.Response.WriteAsync($"count {context.Request.Headers["x-envoy-attempt-count"]}");
        });
        shop.Set(RetryPolicy.Default with { Attempts = 1 }, new Hedging(true, Delay), pool: new ConnectionPool { MaxConnections = 1 });
        using var client = shop.Mesh.NewClient();
        using var first = new StringContent("keeps the one connection");
        var posting = client.PostAsync(new Uri("/post", UriKind.Relative), first, TestContext.Current.CancellationToken);
        await DataPaths.Eventually.WithinAsync(arrived.Task);

        var getting = client.GetStringAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken);
        await DataPaths.Eventually.TrueAsync(() => shop.Mesh.Mesh.Node1.Pipeline.Hedged == 1, "no other try began");
        go.SetResult();

        Assert.Equal("count 1", await getting);
        (await posting).Dispose();
    }

    [Fact]
    public async Task RoutesTimeoutOfATry_WithHedging_GivesUpTheLastAlone()
    {
        var policy = new RetryPolicy { Attempts = 2, Conditions = RetryConditions.Default, PerTryTimeout = Delay };
        await using var shop = await Shop.CreateAsync(2, static (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        shop.Set(policy, new Hedging(true, null));
        using var client = shop.Mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(504, (int)response.StatusCode);
        var record = await shop.Mesh.Requests.WaitAsync("/get");
        Assert.Equal((3, "upstream_per_try_timeout"), (record.Attempts, record.Details));
        Assert.True(record.Flags.HasFlag(ResponseFlag.UpstreamRequestTimeout));
    }

    [Theory]
    [InlineData("POST", 10, true)]
    [InlineData("GET", 0, true)]
    [InlineData("GET", 10, false)]
    public async Task Request_ThatMayNotBeRepeated_HasOneTry(string method, int budget, bool hedging)
    {
        var time = new ManualTimeProvider();
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var shop = await Shop.CreateAsync(
            2,
            async (context, number) =>
            {
                arrived.TrySetResult(true);
                await go.Task.WaitAsync(Patience);
                await context.Response.WriteAsync($"try {number}");
            },
            time);
        shop.Set(RetryPolicy.Default, new Hedging(hedging, Delay), budget);
        using var client = shop.Mesh.NewClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/one");
        var sending = client.SendAsync(request, TestContext.Current.CancellationToken);
        await DataPaths.Eventually.WithinAsync(arrived.Task);
        for (var i = 0; i < 5; i++)
        {
            time.Advance(Delay);
        }

        go.SetResult();
        using var response = await sending;
        Assert.Equal("try 1", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, (await shop.Mesh.Requests.WaitAsync("/one")).Attempts);
    }

    [Fact]
    public async Task Try_ThatTakesTooLong_CountsAgainstItsEndpoint()
    {
        await using var shop = await Shop.CreateAsync(1, SlowAtFirst);
        shop.Set(RetryPolicy.Default with { Attempts = 1 }, new Hedging(true, Delay), budget: 10, new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 50, BaseEjectionTime = TimeSpan.FromHours(1) });
        using var client = shop.Mesh.NewClient();

        await client.GetStringAsync(new Uri("/get", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Single(shop.Mesh.Mesh.Node1.DataPath.Clusters.All.SelectMany(c => c.Endpoints.Groups.ToArray()).SelectMany(g => g.Endpoints.ToArray()), e => e.IsEjected);
    }

    private static async Task SlowAtFirst(HttpContext context, int number)
    {
        if (number == 1)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        await context.Response.WriteAsync($"try {number}");
    }

    /// <summary>Service <c>web</c> with two endpoints, on two nodes where the clock is the system's, that count the tries of a request together.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _ends = new();
        private readonly ConcurrentQueue<string> _pods = new();
        private readonly List<HttpServerApp> _apps = [];
        private int _tries;

        private Shop(HttpMesh mesh) => Mesh = mesh;

        public HttpMesh Mesh { get; }

        private ManualTimeProvider? Clock { get; init; }

        /// <summary>Where the tries went.</summary>
        public IReadOnlyCollection<string> Pods => _pods;

        public static async Task<Shop> CreateAsync(int retries, Func<HttpContext, int, Task> handler, ManualTimeProvider? time = null)
        {
            var mesh = await HttpMesh.CreateAsync(routed: false, time: time);

            // A tunnel between nodes needs a clock that goes.
            var other = await mesh.Mesh.AddPodAsync("other", time is null ? 2 : 1, 4);
            mesh.AddService("web", TestMesh.Vip, AppProtocol.Http11, mesh.Server, other);
            var shop = new Shop(mesh) { Clock = time };
            shop._apps.Add(await HttpServerApp.StartAsync(mesh.Server, context => shop.ServeAsync(mesh.Server, context, handler)));
            shop._apps.Add(await HttpServerApp.StartAsync(other, context => shop.ServeAsync(other, context, handler)));
            shop.Set(RetryPolicy.Default with { Attempts = retries }, new Hedging(true, Delay));
            return shop;
        }

        public void Set(RetryPolicy policy, Hedging hedging, int budget = 10, OutlierDetection? outliers = null, ConnectionPool? pool = null)
        {
            var settings = new TrafficSettings
            {
                Resilience = new ResilienceSettings { Hedging = hedging },
                RetryBudget = new RetryBudget(0, budget),
                OutlierDetection = outliers,
                ConnectionPool = pool,
            };
            var route = new AttachedRoute<HttpMatch>
            {
                Scope = new RouteScope("", 0),
                Rules = [new AttachedRule<HttpMatch>([new HttpMatch()], HttpMesh.To("web") with { Retry = policy })],
            };
            var traffic = new TrafficPolicy { Origin = new ResourceOrigin("ResiliencePolicy", "shop", "web"), Settings = settings };
            Mesh.Mesh.State.Apply(new ModelChange { Routes = [new ServiceRoutes { Key = HttpMesh.Key("web"), Http = [route], TrafficPolicies = [traffic] }] });
        }

        /// <summary>Waits until so many tries were given up, and says which.</summary>
        public async Task<IReadOnlyCollection<string>> EndsAsync(int count)
        {
            await DataPaths.Eventually.TrueAsync(() => _ends.Count >= count, $"{count} tries were not given up");
            return _ends;
        }

        public async ValueTask DisposeAsync()
        {
            // A proxy that stops gives connections a while, by its own clock.
            var closing = Mesh.DisposeAsync().AsTask();
            while (!closing.IsCompleted)
            {
                Clock?.Advance(TimeSpan.FromSeconds(1));
                await Task.WhenAny(closing, Task.Delay(10));
            }

            await closing;
            foreach (var app in _apps)
            {
                await app.DisposeAsync();
            }
        }

        private async Task ServeAsync(TestPod pod, HttpContext context, Func<HttpContext, int, Task> handler)
        {
            // In the order in which they come: on a busy machine that need not be the one in which they were sent.
            var number = Interlocked.Increment(ref _tries);
            _pods.Enqueue(pod.Workload.Name);
            try
            {
                await handler(context, number);
            }
            catch (OperationCanceledException)
            {
                _ends.Enqueue($"{number} given up");
            }
        }
    }
}
