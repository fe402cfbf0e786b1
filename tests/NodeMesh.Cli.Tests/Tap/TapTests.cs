using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Cli.Tap;
using NodeMesh.Cli.Tests.Proxy;

namespace NodeMesh.Cli.Tests.Tap;

public sealed class TapTests
{
    private const string Request = """
        {"level":"info","time":"2026-01-02T03:04:05.678Z","scope":"access","message":"request complete","event":"request","node":"node-1","src.addr":"10.244.1.5:40000","src.workload":"web-1","src.namespace":"shop","dst.addr":"172.18.1.2:15008","dst.hbone_addr":"10.244.2.6:8080","dst.service":"catalog.shop.svc.cluster.local","dst.workload":"catalog-1","dst.namespace":"shop","direction":"outbound","method":"GET","path":"/items","response_code":503,"response_flags":"UF","bytes_sent":3,"bytes_recv":0,"duration":"1.5ms","security":"mutual_tls","error":"refused"}
        """;

    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData(null, "shop", "shop", null, null)]
    [InlineData("web-1", null, "default", "web-1", null)]
    [InlineData("pod/web-1.shop", null, "shop", "web-1", null)]
    [InlineData("deploy/web", "shop", "shop", null, "web")]
    [InlineData("sts/db.data", "shop", "data", null, "db")]
    [InlineData("ns/shop", null, "shop", null, null)]
    public void Target_Parsed_NamesWhatIsTapped(string? text, string? ns, string? expectedNamespace, string? pod, string? workload) =>
        Assert.Equal(new TapTarget(expectedNamespace, pod, workload), TapTarget.Parse(text, ns));

    [Theory]
    [InlineData("service/web")]
    [InlineData("pod/")]
    [InlineData("deploy/.shop")]
    public void Target_ThatIsNone_IsRefused(string text) => Assert.Throws<FormatException>(() => TapTarget.Parse(text, null));

    [Fact]
    public void Target_WithoutANamespace_IsOfTheContexts()
    {
        Assert.Equal("shop", TapTarget.Parse("deploy/web", null, "shop").Namespace);
        Assert.Equal("other", TapTarget.Parse("deploy/web", "other", "shop").Namespace);
        Assert.Null(TapTarget.Parse(null, null, "shop").Namespace);
    }

    [Fact]
    public void Line_OfARequest_SaysWhoAskedWhomForWhat() => Assert.Equal(
        "03:04:05.678 node-1 request outbound shop/web-1 10.244.1.5:40000 -> shop/catalog-1 10.244.2.6:8080 (catalog.shop.svc.cluster.local) GET /items 503 UF mutual_tls sent=3 received=0 1.5ms error=refused",
        TapLine.Of(JsonDocument.Parse(Request).RootElement));

    [Fact]
    public async Task Session_OfTwoNodes_PrintsEventsOfBothAndGoesOnWithoutOneThatIsAway()
    {
        using var mesh = new FakeMesh { Nodes = ["node-1", "node-2", "node-3"] };
        mesh.Answers[(new MeshPart(MeshPort.Admin, "node-1"), "/tap?pod=x")] = $$"""{"event":"tapping","node":"node-1"}{{"\n\n"}}{{Request.Trim()}}{{"\n"}}""";
        mesh.Answers[(new MeshPart(MeshPort.Admin, "node-2"), "/tap?pod=x")] = $$"""{"event":"dropped","node":"node-2","count":7}{{"\n"}}""";
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = await new TapSession(mesh, output, errors, json: true).RunAsync("/tap?pod=x", 0, TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        Assert.Equal(Request.Trim() + "\n", output.ToString());
        Assert.Contains("tapping node-1", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("7 events of node-2 were lost", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("the proxy of node-3 cannot be asked", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_WithAMost_EndsAfterSoMany()
    {
        using var mesh = new FakeMesh();
        mesh.Answers[(new MeshPart(MeshPort.Admin, "node-1"), "/tap")] = string.Concat(Enumerable.Repeat(Request.Trim() + "\n", 5));
        using var output = new StringWriter();
        await new TapSession(mesh, output, TextWriter.Null, json: false).RunAsync("/tap", 2, TestContext.Current.CancellationToken);

        Assert.Equal(2, output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task Session_WithoutAnyProxy_Fails()
    {
        using var mesh = new FakeMesh();
        await Assert.ThrowsAsync<ProxyQueryException>(() => new TapSession(mesh, TextWriter.Null, TextWriter.Null, json: false).RunAsync("/tap", 0, TestContext.Current.CancellationToken));
    }
}
