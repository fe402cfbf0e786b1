using NodeMesh.Cli.Demo;

namespace NodeMesh.Cli.Tests.Demo;

public sealed class DemoMeshTests
{
    [Fact]
    public void Parse_OfAnAnswerOverIPv6_NamesTheClientAsLogsDo() =>
        Assert.Equal(new CallOutcome(200, 12.3, "[fd00:244:1::3]:58014", null), DemoMesh.Parse("200|0.012345|fd00:244:1::3|58014|"));

    [Fact]
    public void Parse_OfARefusedConnection_HasTheError() =>
        Assert.Equal(new CallOutcome(0, 1, null, "Could not resolve host"), DemoMesh.Parse("000|0.001||0|Could not resolve host\n"));

    [Fact]
    public void Parse_OfSomethingElse_IsNothing() => Assert.Null(DemoMesh.Parse("curl: not found"));
}
