using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery.Tests;

public sealed class DeltaDiscoveryServerTests
{
    private const string Web = "web.shop.svc.cluster.local";

    private static readonly DiscoveryResource WebService = DiscoveryResource.Of(Samples.Service(Web));
    private static readonly DiscoveryResource Web1 = DiscoveryResource.Of(Samples.Workload("web-1", "10.244.1.5", Web));
    private static readonly DiscoveryResource Web2 = DiscoveryResource.Of(Samples.Workload("web-2", "10.244.2.5", Web));
    private static readonly DiscoveryResource Other = DiscoveryResource.Of(Samples.Workload("other", "10.244.1.9"));

    private static DiscoverySnapshotChange Change(IEnumerable<DiscoveryResource> upserts, params string[] removals) =>
        new([new DiscoveryTypeChange(TypeUrls.Address, [.. upserts], [.. removals])]);

    private static IEnumerable<string> Names(DeltaDiscoveryResponse response) => response.Resources.Select(r => r.Name).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Wildcard_FirstRequestEmpty_GetsEverythingThenOnlyChanges()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([WebService, Web1, Other]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address);

        var first = await stream.ReadAsync();
        server.Update(Change([Web1, Web2], Other.Name));
        var second = await stream.ReadAsync();

        Assert.Equal(new[] { Web1.Name, Other.Name, WebService.Name }.Order(StringComparer.Ordinal), Names(first));
        Assert.Equal([Web2.Name], Names(second));
        Assert.Equal([Other.Name], second.RemovedResources);
    }

    [Fact]
    public async Task Wildcard_NothingExists_IsStillAnswered()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Authorization);

        var response = await stream.ReadAsync();

        Assert.Equal(TypeUrls.Authorization, response.TypeUrl);
        Assert.Empty(response.Resources);
    }

    [Fact]
    public async Task Stream_OpensBeforeTheFirstSnapshot_HearsNoDeletion()
    {
        var server = ServerStream.CreateServer();
        await using var stream = new ServerStream(server);
        stream.Send(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Address, InitialResourceVersions = { { Web1.Name, Web1.Version } } });
        server.Update(Change([Web1, Web2]));

        var response = await stream.ReadAsync();

        Assert.Equal([Web2.Name], Names(response));
        Assert.Empty(response.RemovedResources);
    }

    [Fact]
    public async Task InitialVersions_UnchangedSkipped_ChangedSent_VanishedRemoved()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Web1, Web2]));
        await using var stream = new ServerStream(server);
        stream.Send(new DeltaDiscoveryRequest
        {
            TypeUrl = TypeUrls.Address,
            InitialResourceVersions = { { Web1.Name, Web1.Version }, { Web2.Name, "old" }, { "gone", "v" } },
        });

        var response = await stream.ReadAsync();

        Assert.Equal([Web2.Name], Names(response));
        Assert.Equal(["gone"], response.RemovedResources);
    }

    [Fact]
    public async Task OnDemand_WildcardGivenUpInTheSameRequest_GetsNothingUntilAsked()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([WebService, Web1, Web2, Other]));
        await using var stream = new ServerStream(server);
        stream.Send(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Address, ResourceNamesSubscribe = { "*" }, ResourceNamesUnsubscribe = { "*" } });
        Assert.Empty((await stream.ReadAsync()).Resources);

        stream.Subscribe(TypeUrls.Address, Other.Name);
        var byName = await stream.ReadAsync();
        server.Update(Change([DiscoveryResource.Of(Samples.Workload("unrelated", "10.244.9.9"))]));

        Assert.Equal([Other.Name], Names(byName));
        await stream.ExpectNothingAsync(TypeUrls.Address);
    }

    [Fact]
    public async Task OnDemand_VirtualAddress_BringsTheServiceAndItsWorkloadsAndLaterOnes()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([WebService, Web1, Other]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, "/10.96.0.20");

        var first = await stream.ReadAsync();
        server.Update(Change([Web2]));
        var second = await stream.ReadAsync();

        Assert.Equal(new[] { Web1.Name, WebService.Name }.Order(StringComparer.Ordinal), Names(first));
        Assert.Contains("/10.96.0.20", first.Resources.Single(r => r.Name == WebService.Name).Aliases);
        Assert.Equal([Web2.Name], Names(second));
    }

    [Fact]
    public async Task OnDemand_WorkloadAddress_BringsTheWorkload()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Web1, Other]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, "/10.244.1.9");

        Assert.Equal([Other.Name], Names(await stream.ReadAsync()));
    }

    [Fact]
    public async Task OnDemand_UnknownName_IsSaidToBeRemovedAndComesWhenItAppears()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, "/10.244.1.5");

        var unknown = await stream.ReadAsync();
        server.Update(Change([Web1]));
        var appeared = await stream.ReadAsync();

        Assert.Equal(["/10.244.1.5"], unknown.RemovedResources);
        Assert.Equal([Web1.Name], Names(appeared));
    }

    [Fact]
    public async Task OnDemand_AddressTakenByAnother_OldOneIsRemoved()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Web1]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, "/10.244.1.5");
        await stream.ReadAsync();

        server.Update(Change([DiscoveryResource.Of(Samples.Workload("web-1", "10.244.1.77", Web)), DiscoveryResource.Of(Samples.Workload("heir", "10.244.1.5"))]));
        var response = await stream.ReadAsync();

        Assert.Equal(["Kubernetes//Pod/shop/heir"], Names(response));
        Assert.Equal([Web1.Name], response.RemovedResources);
    }

    [Fact]
    public async Task OnDemand_Unsubscribed_HearsNoMore()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Other]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, Other.Name);
        await stream.ReadAsync();

        stream.Send(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Address, ResourceNamesUnsubscribe = { Other.Name } });
        await stream.ExpectNothingAsync(TypeUrls.Address);
        server.Update(Change([], Other.Name));

        await stream.ExpectNothingAsync(TypeUrls.Address);
    }

    [Fact]
    public async Task OnDemand_AskedAgain_IsSentAgain()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Other]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address, Other.Name);
        await stream.ReadAsync();

        stream.Subscribe(TypeUrls.Address, Other.Name);

        Assert.Equal([Other.Name], Names(await stream.ReadAsync()));
    }

    [Fact]
    public async Task BigPush_ComesInPartsAndOnlyTheLastSaysSo()
    {
        var server = ServerStream.CreateServer(new DeltaDiscoveryServerOptions { MaxResourcesPerResponse = 10 });
        server.Update(Change(Enumerable.Range(0, 25).Select(i => DiscoveryResource.Of(Samples.Workload($"w{i}", $"10.0.0.{i}")))));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address);

        var parts = new[] { await stream.ReadAsync(), await stream.ReadAsync(), await stream.ReadAsync() };

        Assert.Equal([10, 10, 5], parts.Select(p => p.Resources.Count));
        Assert.Equal(parts[0].SystemVersionInfo, parts[1].SystemVersionInfo);
        Assert.NotEqual(parts[1].SystemVersionInfo, parts[2].SystemVersionInfo);
        Assert.Equal(25, parts.SelectMany(p => p.Resources).Select(r => r.Name).Distinct().Count());
    }

    [Fact]
    public async Task SlowProxy_ManyChangesOfOneResource_AreJoined()
    {
        var server = ServerStream.CreateServer(new DeltaDiscoveryServerOptions { MaxUnacknowledged = 1 });
        server.Update(Change([]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address);
        var unacknowledged = await stream.ReadAsync(acknowledge: false);

        for (var i = 1; i <= 100; i++)
        {
            server.Update(Change([DiscoveryResource.Of(Samples.Workload("web-1", $"10.0.0.{i}"))]));
        }

        Assert.Equal(1, server.Proxies.Single().Types.Single().Pending);
        stream.Send(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Address, ResponseNonce = unacknowledged.Nonce });
        var joined = await stream.ReadAsync();

        var resource = Assert.Single(joined.Resources);
        Assert.Equal(["/10.0.0.100"], resource.Aliases);
        await stream.ExpectNothingAsync(TypeUrls.Address);
    }

    [Fact]
    public async Task Nack_IsRecordedAndClearedByTheNextAck()
    {
        var server = ServerStream.CreateServer();
        server.Update(Change([Web1]));
        await using var stream = new ServerStream(server);
        stream.Subscribe(TypeUrls.Address);
        var response = await stream.ReadAsync(acknowledge: false);

        stream.Send(new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Address, ResponseNonce = response.Nonce, ErrorDetail = new Protos.Rpc.Status { Message = "web-1: bad" } });
        await stream.ExpectNothingAsync(TypeUrls.Address);
        var refused = server.Proxies.Single().Types.Single();
        server.Update(Change([Web2]));
        await stream.ReadAsync();
        await stream.ExpectNothingAsync(TypeUrls.Address);
        var accepted = server.Proxies.Single().Types.Single();

        Assert.Equal(1, refused.Rejections);
        Assert.Equal(1, accepted.Rejections);
        Assert.Null(accepted.Rejection);
        Assert.NotEmpty(accepted.AcknowledgedVersion);
    }

    [Fact]
    public async Task UnknownType_EndsTheStreamAndNamesWhatIsServed()
    {
        var server = ServerStream.CreateServer();
        await using var stream = new ServerStream(server);

        stream.Subscribe("type.googleapis.com/envoy.config.cluster.v3.Cluster");

        var error = await Assert.ThrowsAsync<GrpcException>(() => stream.Serving.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(GrpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains(TypeUrls.Address, error.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Proxies);
    }

    [Fact]
    public async Task TooManyNames_EndsTheStream()
    {
        var server = ServerStream.CreateServer(new DeltaDiscoveryServerOptions { MaxSubscriptions = 3 });
        await using var stream = new ServerStream(server);

        stream.Subscribe(TypeUrls.Address, "a", "b", "c", "d");

        var error = await Assert.ThrowsAsync<GrpcException>(() => stream.Serving.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.Code);
    }
}
