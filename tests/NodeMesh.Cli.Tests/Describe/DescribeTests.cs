using NodeMesh.Cli.Describe;
using NodeMesh.Cli.Proxy;
using NodeMesh.Cli.Tests.Proxy;

namespace NodeMesh.Cli.Tests.Describe;

public sealed class DescribeTests
{
    private const string Manifests = """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: deny-web, namespace: shop}
        spec: {action: DENY, selector: {matchLabels: {app: web}}, rules: [{}]}
        status: {conditions: [{type: Accepted, status: "True", reason: Applied, message: in effect}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: catalog, namespace: shop}
        spec: {hosts: [catalog], http: [{route: [{destination: {host: nowhere}}]}]}
        """;

    [Fact]
    public async Task Pod_OfTheMesh_HasWhatAppliesToIt()
    {
        var description = PodDescriber.Describe(await PictureAsync(), "shop", "web-1")!;
        Assert.Equal("node-1", description.Facts["node"]);
        Assert.Equal("captured (iptables), 1 connections open", description.Facts["capture"]);
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/web", description.Facts["identity"]);
        Assert.StartsWith("available, until 2026-01-02T15:30:00", description.Facts["certificate"], StringComparison.Ordinal);
        Assert.Equal(["shop/deny-web: DENY, 2 rules, refuses what matches (dry run: told in the log alone)"], description.Lists["policies"]);
        Assert.Contains("Pod shop/web-1", description.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_OutsideTheMesh_SaysWhatItLacks()
    {
        var description = PodDescriber.Describe(await PictureAsync(), "other", "legacy")!;
        Assert.Equal("unknown: the proxy of node-2 does not answer", description.Facts["capture"]);
        Assert.Equal("plaintext", description.Facts["reachedBy"]);
        Assert.Equal(["catalog.shop.svc.cluster.local ()"], description.Lists["services"]);
    }

    [Fact]
    public async Task Pod_ThatIsNone_IsNotDescribed() => Assert.Null(PodDescriber.Describe(await PictureAsync(), "shop", "nobody"));

    [Fact]
    public async Task Service_HasEndpointsAndPolicies()
    {
        var description = ServiceDescriber.Describe(await PictureAsync(), "shop", "catalog")!;
        Assert.Equal("80 -> 8080, 9090", description.Facts["ports"]);
        Assert.Equal("1 of 1 proxies", description.Facts["knownTo"]);
        Assert.Equal(
            ["shop/catalog-1 10.244.2.6 on node-2: unhealthy, in the mesh", "other/legacy 10.244.2.7 on node-2: healthy, not in the mesh"], description.Lists["endpoints"]);
    }

    [Fact]
    public async Task Policy_SaysWhomItIsForAndWhatBecameOfIt()
    {
        var description = Assert.Single(ResourceDescriber.Describe(await PictureAsync(), ResourceDescriber.Policies, "shop", "deny-web"));
        Assert.Equal(("DENY", "app=web", "1 of 1 proxies"), (description.Facts["action"], description.Facts["selects"], description.Facts["knownTo"]));
        Assert.Equal(["shop/web-1"], description.Lists["workloads"]);
        Assert.Equal(["Accepted=True Applied: in effect"], description.Lists["status"]);
    }

    [Fact]
    public async Task Route_WithAMistake_SaysWhatAnalyzeSays()
    {
        var description = Assert.Single(ResourceDescriber.Describe(await PictureAsync(), ResourceDescriber.Routes, "shop", "catalog"));
        Assert.Equal(("VirtualService", "catalog", "0 of 1 proxies"), (description.Kind, description.Facts["hosts"], description.Facts["knownTo"]));
        Assert.Contains(description.Warnings, w => w.Contains("IST0101", StringComparison.Ordinal));
    }

    private static async Task<MeshPicture> PictureAsync()
    {
        using var mesh = new FakeMesh { Nodes = ["node-1", "node-2"], Manifests = Manifests };
        mesh.Answers[(new MeshPart(MeshPort.Admin, "node-1"), "/config_dump")] = Dumps.Node1.GetRawText();
        var picture = await MeshPicture.TakeAsync(mesh, TestContext.Current.CancellationToken);
        Assert.Single(picture.Silent);
        return picture;
    }
}
