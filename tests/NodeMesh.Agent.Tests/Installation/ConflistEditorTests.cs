using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeMesh.Agent.Installation;

namespace NodeMesh.Agent.Tests.Installation;

public sealed class ConflistEditorTests
{
    private const string Socket = "/var/run/nodemesh/agent.sock";
    private static readonly ImmutableArray<string> Excluded = ["kube-system", "nodemesh-system"];

    public static TheoryData<string, string> Lists() => new()
    {
        { "flannel", Conflists.Flannel },
        { "calico", Conflists.Calico },
        { "ptp", Conflists.Ptp },
        { "cilium", Conflists.Cilium },
        { "kindnet", Conflists.Kindnet },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Chain_AddsThePluginLastAndChangesNothingElse(string name, string list)
    {
        var chained = JsonNode.Parse(Chain(list)!)!.AsObject();
        var plugins = chained["plugins"]!.AsArray();
        var own = plugins[^1]!;
        Assert.True(plugins.Count > 1, name);
        Assert.Equal("nodemesh-cni", (string?)own["type"]);
        Assert.Equal(Socket, (string?)own["socket"]);
        Assert.Equal(["kube-system", "nodemesh-system"], own["excludeNamespaces"]!.AsArray().Select(n => (string?)n));
        plugins.RemoveAt(plugins.Count - 1);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(list), chained));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Chain_OfAChainedList_ChangesNothing(string name, string list) => Assert.True(Chain(Chain(list)!) is null, name);

    [Theory]
    [MemberData(nameof(Lists))]
    public void Unchain_BringsBackWhatWas(string name, string list)
    {
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(list), JsonNode.Parse(ConflistEditor.Unchain(Chain(list)!)!)), name);
        Assert.Null(ConflistEditor.Unchain(list));
    }

    [Fact]
    public void Chain_WithAPluginBehindOurs_MovesOursBehindIt()
    {
        var list = JsonNode.Parse(Chain(Conflists.Flannel)!)!;
        list["plugins"]!.AsArray().Add(new JsonObject { ["type"] = "tuning" });
        Assert.Equal(["flannel", "portmap", "tuning", "nodemesh-cni"], Types(Chain(list.ToJsonString())!));
    }

    [Fact]
    public void Chain_WithOtherSettings_ReplacesThem()
    {
        var old = ConflistEditor.Chain(Conflists.Flannel, "/run/old.sock", ["a"])!;
        var now = Chain(old)!;
        Assert.Equal(["flannel", "portmap", "nodemesh-cni"], Types(now));
        Assert.DoesNotContain("old.sock", now, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_MakesAListOfASinglePlugin()
    {
        var list = ConflistEditor.Convert(Conflists.Bridge, "10-bridge.conf", Socket, Excluded);
        var parsed = JsonNode.Parse(list)!;
        Assert.Equal(["bridge", "nodemesh-cni"], Types(list));
        Assert.Equal(("mynet", "0.3.1"), ((string?)parsed["name"], (string?)parsed["cniVersion"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Conflists.Bridge), parsed["plugins"]![0]));
        Assert.Equal("10-bridge.conf", ConflistEditor.SourceOf(list));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("""{"cniVersion":"0.4.0","name":"x"}""")]
    [InlineData("""{"name":"x","plugins":[]}""")]
    public void Chain_OfWhatIsNoList_IsRefused(string text) => Assert.Throws<CniConfigurationException>(() => Chain(text));

    [Theory]
    [InlineData("""{"name":"x","plugins":[{"type":"nodemesh-cni"}]}""", true, false)]
    [InlineData("""{"name":"x","plugins":[{"type":"ptp"}]}""", true, true)]
    [InlineData("""{"name":"x","type":"ptp"}""", false, true)]
    [InlineData("""{"name":"x"}""", false, false)]
    [InlineData("""{"name":"x","plu""", true, false)]
    public void IsValid_IsWhatARuntimeWouldTake(string text, bool isList, bool expected) => Assert.Equal(expected, ConflistEditor.IsValid(text, isList));

    private static string? Chain(string list) => ConflistEditor.Chain(list, Socket, Excluded);

    private static IEnumerable<string?> Types(string list) => JsonNode.Parse(list)!["plugins"]!.AsArray().Select(p => (string?)p!["type"]);
}
