using NodeMesh.Cli.Demo;

namespace NodeMesh.Cli.Tests.Demo;

public sealed class AccessRecordTests
{
    [Fact]
    public void Parse_OfAnAccessLine_ReadsWhatTheDemoNeeds() => Assert.Equal(
        new AccessRecord("10.244.1.5:40000", "spiffe://cluster.local/ns/shop/sa/web", "inbound", "catalog-1", true, "mutual_tls", "policy_denied", "shop/demo-deny", "abc"),
        AccessRecord.Parse(
            """{"level":"error","time":"2026-01-02T03:04:05Z","scope":"access","message":"connection failed","src.addr":"10.244.1.5:40000","src.identity":"spiffe://cluster.local/ns/shop/sa/web","dst.workload":"catalog-1","direction":"inbound","mtls":true,"security":"mutual_tls","trace":"abc","reason":"policy_denied","policy":"shop/demo-deny"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-02T03:04:05Z info ready")]
    [InlineData("""{"level":"info","scope":"xds"}""")]
    [InlineData("""{"level":"info","scope":"access","src.ad""")]
    public void Parse_OfAnotherLine_IsNothing(string line) => Assert.Null(AccessRecord.Parse(line));
}
