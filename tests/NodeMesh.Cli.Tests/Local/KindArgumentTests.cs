using NodeMesh.Cli.Local;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Cli.Tests.Local;

public sealed class KindArgumentTests
{
    [Fact]
    public void Parse_KindsWithCommas_FindsEach() =>
        Assert.Equal([ResourceKinds.Pod, ResourceKinds.Service], KindArgument.Parse(["pods,svc"]).Select(w => w.Kind));

    [Fact]
    public void Parse_KindsWithCommasAndName_IsRefused() =>
        Assert.Contains("KIND/NAME", Assert.Throws<FormatException>(() => KindArgument.Parse(["pods,svc", "web"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("pods", "web")]
    [InlineData("pod/web")]
    public void Parse_KindWithName_FindsBoth(params string[] words) => Assert.Equal([(ResourceKinds.Pod, "web")], KindArgument.Parse(words));

    [Fact]
    public void Parse_UnknownKind_NamesTheKindsThatThereAre()
    {
        var error = Assert.Throws<FormatException>(() => KindArgument.Parse(["gizmos"]));

        Assert.Contains("'gizmos'", error.Message, StringComparison.Ordinal);
        Assert.Contains("deployments", error.Message, StringComparison.Ordinal);
    }
}
