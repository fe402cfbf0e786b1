using System.Net;

namespace NodeMesh.Model.Tests;

public sealed class InboundRoutingTests
{
    private static readonly IPAddress Local = IPAddress.Parse("10.244.2.3");
    private static readonly Workload Web = Sample.Pod("web", "10.244.2.3", "node-2").Behind(Sample.Web, new ServicePort(80, 8080));
    private static readonly Workload Client = Sample.Pod("client", "10.244.1.2", account: "client");

    /// <summary>Method, authority, status, and whether a newer model may decide otherwise.</summary>
    [Theory]
    [InlineData("CONNECT", "10.244.2.3:8080", 200, false)]
    [InlineData("GET", "10.244.2.3:8080", 400, false)]
    [InlineData("connect", "10.244.2.3:8080", 400, false)]
    [InlineData("CONNECT", null, 400, false)]
    [InlineData("CONNECT", "", 400, false)]
    [InlineData("CONNECT", "10.244.2.3", 400, false)]
    [InlineData("CONNECT", "10.244.2.3:0", 400, false)]
    [InlineData("CONNECT", "10.244.2.3:65536", 400, false)]
    [InlineData("CONNECT", "10.244.2.3:+80", 400, false)]
    [InlineData("CONNECT", "10.244.2.3: 80", 400, false)]
    [InlineData("CONNECT", "10.244.2.03:80", 400, false)]
    [InlineData("CONNECT", "user@10.244.2.3:80", 400, false)]
    [InlineData("CONNECT", "[::ffff:10.244.2.3]:80", 400, false)]
    [InlineData("CONNECT", "[fe80::1%2]:80", 400, false)]
    [InlineData("CONNECT", "fd00::1:80", 400, false)]
    [InlineData("CONNECT", "10.244.9.9:8080", 400, false)]
    [InlineData("CONNECT", "127.0.0.1:8080", 400, false)]
    [InlineData("CONNECT", "10.244.2.3:15001", 503, false)]
    [InlineData("CONNECT", "10.244.2.3:15006", 503, false)]
    [InlineData("CONNECT", "10.244.2.3:15008", 503, false)]
    [InlineData("CONNECT", "web.shop.svc.cluster.local:80", 200, false)]
    [InlineData("CONNECT", "Web.Shop.svc.cluster.local:80", 200, false)]
    [InlineData("CONNECT", "web.shop.svc.cluster.local:81", 503, true)]
    [InlineData("CONNECT", "other.shop.svc.cluster.local:80", 503, true)]
    public void Decide_OfARow_AnswersAsTheReferenceSays(string method, string? authority, int status, bool retry)
    {
        var decision = InboundRouting.Decide(Sample.Model(Web, Sample.Service()), method, authority, [Local]);
        Assert.Equal((status, retry), (decision.Status, decision.Retry));
        Assert.Equal(status == 200 ? IPEndPoint.Parse("10.244.2.3:8080") : null, decision.Destination);
        Assert.Equal(status != 200, decision.Reason.Length > 0);
    }

    [Fact]
    public void Decide_OfALocalPodThatTheModelLacks_AsksToTryAgain()
    {
        var decision = InboundRouting.Decide(MeshModel.Empty, "CONNECT", "10.244.2.3:8080", [Local]);
        Assert.Equal((503, true), (decision.Status, decision.Retry));
    }

    [Fact]
    public void Decide_OfAServicesNameOnTheNodesListener_Is503()
    {
        var decision = InboundRouting.Decide(Sample.Model(Web, Sample.Service()), "CONNECT", "web.shop.svc.cluster.local:80", _ => true, null);
        Assert.Equal(503, decision.Status);
    }

    /// <summary>The claimed address, the proven account, the tunnel's origin, and whether the claim holds.</summary>
    [Theory]
    [InlineData("10.244.1.2", "client", "172.18.1.1", true)]
    [InlineData("10.244.1.2", "client", "::ffff:172.18.1.1", true)]
    [InlineData("10.244.1.2", "other", "172.18.1.1", false)]
    [InlineData("10.244.1.2", "client", "172.18.1.2", false)]
    [InlineData("10.244.1.9", "client", "172.18.1.1", false)]
    [InlineData("10.244.2.3", "client", "172.18.1.1", false)]
    public void VerifyClient_OfARow_HoldsOnlyForTheNodesOwnPods(string claimed, string account, string from, bool holds)
    {
        var model = Sample.Model(Sample.Node("node-1", "172.18.1.1"), Sample.Node("node-2", "172.18.1.2"), Client, Web);
        var identity = new SpiffeId("cluster.local", "shop", account);
        Assert.Equal(holds, InboundRouting.VerifyClient(model, IPAddress.Parse(claimed), identity, IPAddress.Parse(from)) is not null);
    }

    [Fact]
    public void GuessService_OfAHintThatDoesNotFit_FallsBackToThePort()
    {
        var model = Sample.Model(Web, Sample.Service());
        Assert.Equal(Sample.Web, InboundRouting.GuessService(model, Web, 1, "web.shop.svc.cluster.local")?.Key);
        Assert.Equal(Sample.Web, InboundRouting.GuessService(model, Web, 8080, "bank.example.com")?.Key);
        Assert.Null(InboundRouting.GuessService(model, Web, 9999, null));
    }
}
