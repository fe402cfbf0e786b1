using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;

namespace NodeMesh.Control.Tests.RateLimits;

/// <summary>The service as node proxies call it, over TLS.</summary>
public sealed class RateLimitServiceTests
{
    [Fact]
    public async Task Lease_ByTwoNodes_GivesBothOfOneBucket()
    {
        await using var control = await ControlFixture.StartAsync();

        var first = await LeaseAsync(control, "secret-1", Ask(needed: 4));
        var second = await LeaseAsync(control, "secret-2", Ask(needed: 4), Ask(key: 2, needed: 1));

        Assert.Equal(first.Keeper, second.Keeper);
        Assert.Equal([4u], first.Grants.Select(g => g.Granted));
        Assert.Equal([(1u, 0u), (1u, 4u)], second.Grants.Select(g => (g.Granted, g.Left)));
        Assert.InRange(second.Grants[0].Wait.ToTimeSpan(), TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("stolen")]
    public async Task Lease_ByNobodyThatIsKnown_IsRefused(string? token)
    {
        await using var control = await ControlFixture.StartAsync();

        var error = await Assert.ThrowsAsync<GrpcException>(() => LeaseAsync(control, token, Ask(needed: 1)));

        Assert.Equal(GrpcStatusCode.Unauthenticated, error.Code);
        Assert.Equal(5u, (await LeaseAsync(control, "secret-1", Ask(needed: 9))).Grants[0].Granted);
    }

    [Fact]
    public async Task Lease_ThatReturnsTokensOfBeforeARestart_GetsNothingForThem()
    {
        await using var control = await ControlFixture.StartAsync();
        var before = await LeaseAsync(control, "secret-1", Ask(needed: 5));
        Assert.Equal(5u, (await LeaseAsync(control, "secret-1", before.Keeper, Ask(returned: 5))).Grants[0].Left);

        await control.RestartAsync();

        var after = await LeaseAsync(control, "secret-1", Ask(needed: 5));
        Assert.NotEqual(before.Keeper, after.Keeper);
        Assert.Equal(0u, (await LeaseAsync(control, "secret-1", before.Keeper, Ask(returned: 5))).Grants[0].Left);
    }

    [Fact]
    public async Task Lease_OfNothing_NamesTheKeeper()
    {
        await using var control = await ControlFixture.StartAsync();

        var response = await LeaseAsync(control, "secret-1");

        Assert.NotEqual(0u, response.Keeper);
        Assert.Empty(response.Grants);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("requests")]
    [InlineData("burst")]
    [InlineData("period")]
    [InlineData("returned")]
    [InlineData("many")]
    public async Task Lease_WithNumbersThatNoLimitHas_IsRefused(string wrong)
    {
        await using var control = await ControlFixture.StartAsync();
        LeaseAsk[] asks = wrong switch
        {
            "key" => [new LeaseAsk(Ask()) { Key = ByteString.CopyFromUtf8("short") }],
            "requests" => [new LeaseAsk(Ask()) { Requests = 0 }],
            "burst" => [new LeaseAsk(Ask()) { Burst = uint.MaxValue }],
            "period" => [new LeaseAsk(Ask()) { Period = Duration.FromTimeSpan(TimeSpan.FromDays(2)) }],
            "returned" => [Ask(returned: 6)],
            _ => [.. Enumerable.Repeat(Ask(), RateLimitMethods.MaxAsks + 1)],
        };

        var error = await Assert.ThrowsAsync<GrpcException>(() => LeaseAsync(control, "secret-1", asks));

        Assert.Equal(GrpcStatusCode.InvalidArgument, error.Code);
    }

    [Fact]
    public async Task Metrics_AfterLeases_CountThem()
    {
        await using var control = await ControlFixture.StartAsync();
        await LeaseAsync(control, "secret-1", Ask(needed: 3), Ask(key: 2, needed: 9));

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://{control.Host.MetricsEndPoint}/metrics"));

        Assert.Contains("\nnodemesh_control_rate_limit_buckets 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnodemesh_control_rate_limit_tokens_total 8\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnodemesh_control_rate_limit_refusals_total 1\n", text, StringComparison.Ordinal);
    }

    private static LeaseAsk Ask(byte key = 1, uint needed = 0, uint returned = 0)
    {
        var bytes = new byte[RateLimitMethods.KeyBytes];
        bytes[^1] = key;
        return new LeaseAsk { Key = ByteString.CopyFrom(bytes), Requests = 5, Burst = 5, Period = Duration.FromTimeSpan(TimeSpan.FromHours(24)), Needed = needed, Returned = returned };
    }

    private static Task<LeaseResponse> LeaseAsync(ControlFixture control, string? token, params LeaseAsk[] asks) => LeaseAsync(control, token, 0, asks);

    private static async Task<LeaseResponse> LeaseAsync(ControlFixture control, string? token, ulong keeper, params LeaseAsk[] asks)
    {
        using var channel = control.Channel();
        IReadOnlyList<KeyValuePair<string, string>> metadata = token is null ? [] : [new("authorization", $"Bearer {token}")];
        var request = new LeaseRequest { Keeper = keeper, Asks = { asks } };
        return await channel.UnaryAsync(RateLimitMethods.Lease, request, new GrpcCallOptions { Metadata = metadata, Deadline = ControlFixture.Patience }, TestContext.Current.CancellationToken);
    }
}
