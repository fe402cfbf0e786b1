using NodeMesh.Kubernetes.Discovery;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Discovery;

public sealed class DiscoveryTests(ApiServer api)
{
    [Fact]
    public async Task Served_HasKindsWithVerbsShortNamesAndSubresources()
    {
        ServedResources served = null!;
        // A group whose last definition another test has just deleted is listed a moment longer than it is served.
        await Eventually.TrueAsync(async () => (served = await api.Admin.Discovery.GetServedAsync()).Failed.IsEmpty, "every group answers");
        var pods = served.Find("", "Pod")!;
        Assert.True(pods.IsWatchable && pods.Kind.Namespaced);
        Assert.Contains("po", pods.ShortNames);
        Assert.Contains("log", pods.Subresources);
        Assert.Equal("v1", served.Find("apps", "Deployment")!.Kind.Version);
        Assert.Null(served.Find("apps", "Pod"));
        Assert.False(served.Find("authentication.k8s.io", "TokenReview")!.IsWatchable);
    }

    [Fact]
    public async Task Version_IsTheFirstOfTheWishesThatIsServed()
    {
        var served = await api.Admin.Discovery.GetServedAsync();
        // Kubernetes 1.20 serves no v1 of it yet.
        Assert.Equal("v1beta1", served.Find("discovery.k8s.io", "EndpointSlice", "v1", "v1beta1")!.Kind.Version);
        Assert.Null(served.Find("discovery.k8s.io", "EndpointSlice", "v2"));
    }

    [Theory]
    [InlineData("po", "Pod")]
    [InlineData("pods", "Pod")]
    [InlineData("pod", "Pod")]
    [InlineData("deployments.apps", "Deployment")]
    [InlineData("deploy", "Deployment")]
    public async Task Resolve_TakesWhatPeopleType(string typed, string kind) =>
        Assert.Equal(kind, (await api.Admin.Discovery.GetServedAsync()).Resolve(typed)!.Kind.Kind);

    [Fact]
    public async Task WatchServed_TellsOfKindsThatComeAndGo()
    {
        var definitions = api.Admin.Resources((KubernetesKind)KubernetesKinds.CustomResourceDefinitions);
        await using var served = api.Admin.Discovery.WatchServedAsync(TimeSpan.FromMinutes(10), Eventually.Limit).GetAsyncEnumerator(Eventually.Limit);
        await UntilAsync(served, s => s.Find("nodemesh.test", "Comer") is null);
        await definitions.CreateAsync(ApiServer.Definition("comers", "Comer"));
        await UntilAsync(served, s => s.Find("nodemesh.test", "Comer") is { IsWatchable: true } found && found.Subresources.Contains("status"));
        await definitions.DeleteAsync("comers.nodemesh.test");
        await UntilAsync(served, s => s.Find("nodemesh.test", "Comer") is null);
    }

    private static async Task UntilAsync(IAsyncEnumerator<ServedResources> served, Func<ServedResources, bool> condition)
    {
        do
        {
            Assert.True(await served.MoveNextAsync());
        }
        while (!condition(served.Current));
    }
}
