using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.Sources;
using NodeMesh.Grpc;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Identity;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Resilience;

/// <summary>Two nodes' limiters and a control plane, over TLS and gRPC as the programs have it.</summary>
public sealed class MeshRateLimitsOverGrpcTests : IAsyncLifetime
{
    private const int Limit = 60;

    /// <summary>A busy machine must not look like a control plane that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly RateLimitRule Rule = new()
    {
        Origin = new ResourceOrigin("RateLimitPolicy", "shop", "web"),
        Name = "all",
        Requests = Limit,
        Period = TimeSpan.FromHours(24),
        Burst = Limit,
        Scope = RateLimitScope.Mesh,
    };

    private static readonly RateLimitBucketKey Key = new(Rule.Origin, "all", new NamespacedName("shop", "web"));

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("nmt-limits-");
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<MeshRateLimiter> _nodes = [];
    private ControlHost _control = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var tokens = new[] { "node-1", "node-2" }.ToDictionary(
            n => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"secret-{n}"))), n => new { node = n, serviceAccount = "nodemesh-system/nodemesh-proxy" });
        await System.IO.File.WriteAllTextAsync(File("tokens.json"), JsonSerializer.Serialize(tokens), Token);
        _control = await ControlAsync("127.0.0.1:0");
        foreach (var node in new[] { "node-1", "node-2" })
        {
            await System.IO.File.WriteAllTextAsync(File(node), $"secret-{node}", Token);
            _nodes.Add(await NodeAsync(File(node)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync(CancellationToken.None);
            node.Dispose();
        }

        _channels.ForEach(c => c.Dispose());
        await _control.DisposeAsync();
        _files.Delete(recursive: true);
    }

    [Fact]
    public async Task Take_OnTwoNodes_IsSharedWhileTheControlPlaneIsThereAndAloneWhileItIsNot()
    {
        await SharedAsync();
        Assert.Equal(Limit, await TakeAllAsync(Key.With(0, "before")));

        var endPoint = _control.DiscoveryEndPoint.ToString();
        await _control.DisposeAsync();
        await Task.WhenAll(_nodes.Select(n => UntilAsync(n, "local: ")));
        foreach (var node in _nodes)
        {
            var taken = 0;
            for (var i = 0; i < 2 * Limit; i++)
            {
                taken += await TakeAsync(node, Key.With(0, "meanwhile")) ? 1 : 0;
            }

            Assert.Equal(Limit, taken);
        }

        _control = await ControlAsync(endPoint);
        await SharedAsync();
        Assert.Equal(Limit, await TakeAllAsync(Key.With(0, "after")));
    }

    [Fact]
    public async Task Take_OnANodeWhoseTokenIsNotKnown_IsAlone()
    {
        await System.IO.File.WriteAllTextAsync(File("stranger"), "stolen", Token);
        var stranger = await NodeAsync(File("stranger"));
        _nodes.Add(stranger);

        Assert.True(await TakeAsync(stranger, Key));
        Assert.Equal("local: Unauthenticated: the token is not a node proxy's", stranger.State);
    }

    private string File(string name) => Path.Combine(_files.FullName, name);

    private static async Task<bool> TakeAsync(MeshRateLimiter node, RateLimitBucketKey key) =>
        node.Take(Rule, key, out var verdict) is { } waiter ? (await Eventually.WithinAsync(waiter.Task)).Allowed : verdict.Allowed;

    /// <summary>Both nodes take until there is no more, also of what the other held and gave back.</summary>
    private async Task<int> TakeAllAsync(RateLimitBucketKey key)
    {
        var taken = 0;
        async Task TakeSomeAsync(MeshRateLimiter node, int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (await TakeAsync(node, key))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        }

        await Task.WhenAll(_nodes.Select(n => TakeSomeAsync(n, Limit)));
        Assert.InRange(taken, 1, Limit);
        using var patience = new CancellationTokenSource(Patience);
        while (taken < Limit && !patience.IsCancellationRequested)
        {
            await Task.Delay(50, Token);
            await Task.WhenAll(_nodes.Select(n => TakeSomeAsync(n, 1)));
        }

        await Task.WhenAll(_nodes.Select(n => TakeSomeAsync(n, 10)));
        return taken;
    }

    private Task SharedAsync() => Task.WhenAll(_nodes.Select(n => UntilAsync(n, "shared")));

    /// <summary>Sends requests, for without them nobody asks whether the control plane is there.</summary>
    private static async Task UntilAsync(MeshRateLimiter node, string state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!node.State.StartsWith(state, StringComparison.Ordinal))
        {
            Assert.False(patience.IsCancellationRequested, $"{node.State} is not {state}");
            await TakeAsync(node, Key.With(0, Guid.NewGuid().ToString()));
            await Task.Delay(20, Token);
        }
    }

    private async Task<ControlHost> ControlAsync(string listen)
    {
        var configuration = new ControlConfiguration { CaDirectory = File("ca"), Tokens = File("tokens.json"), Listen = listen };
        var host = new ControlHost(configuration, new SilentSource(), TimeProvider.System, NullLoggerFactory.Instance);
        await host.StartAsync(Token);
        return host;
    }

    private async Task<MeshRateLimiter> NodeAsync(string tokenFile)
    {
        var configuration = new ProxyConfiguration
        {
            Node = "node",
            NodeAddresses = [IPAddress.Loopback],
            ControlPlane = new Uri($"https://{_control.DiscoveryEndPoint}"),
            RootCertificate = Path.Combine(File("ca"), "root-cert.pem"),
            TokenFile = tokenFile,
            EnrollmentDirectory = _files.FullName,
        };
        var channel = ControlPlaneChannel.Create(configuration, TimeProvider.System);
        _channels.Add(channel);
        var keeper = new GrpcRateLimitKeeper(channel, new NodeToken(tokenFile), configuration.ClusterId, Patience);
        var node = new MeshRateLimiter(keeper, TimeProvider.System, NullLogger<MeshRateLimiter>.Instance);
        await node.StartAsync(Token);
        return node;
    }

    /// <summary>A mesh of which nothing is known.</summary>
    private sealed class SilentSource : IMeshConfigurationSource
    {
        public async IAsyncEnumerable<CompiledMesh> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            yield break;
        }
    }
}
