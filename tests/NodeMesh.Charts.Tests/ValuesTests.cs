using System.Text.Json;
using NodeMesh.Charts.Values;

namespace NodeMesh.Charts.Tests;

public sealed class ValuesTests
{
    private static readonly Chart Own = new(ChartFiles.Own);

    [Theory]
    [InlineData("proxy.capture=ebpf", "ebpf", "proxy", "capture")]
    [InlineData("control.replicas=3", "3", "control", "replicas")]
    [InlineData("metrics.annotations=false", "false", "metrics", "annotations")]
    [InlineData("mesh.clusterId=a\\,b", "a,b", "mesh", "clusterId")]
    [InlineData("image.tag=0012", "0012", "image", "tag")]
    public void Set_OfAField_IsThere(string setting, string expected, params string[] path) =>
        Assert.Equal(expected, Own.Values("default", [ValuesLayer.Set(setting)]).Text(path));

    [Fact]
    public void Set_OfAnEscapedDot_IsOneField() =>
        Assert.Equal("m", Own.Values("default", [ValuesLayer.Set("proxy.nodeSelector.example\\.com/role=m")]).Text("proxy", "nodeSelector", "example.com/role"));

    [Fact]
    public void Set_OfAList_ReplacesIt()
    {
        var text = Own.Values("default", [ValuesLayer.Set("proxy.dnsUpstream={10.0.0.1,10.0.0.2}")]).ToYaml();

        Assert.Contains("dnsUpstream:\n    - 10.0.0.1\n    - 10.0.0.2\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy.capture=magic", "must be one of auto, ebpf, iptables")]
    [InlineData("proxy.captur=ebpf", "proxy.captur is not known")]
    [InlineData("control.replicas=many", "control.replicas is a string, and must be integer")]
    [InlineData("control.replicas=-1", "control.replicas must be 0 or more")]
    [InlineData("cni.binDirectory=opt", "must match ^/")]
    [InlineData("proxy=x", "proxy is a string, and must be object")]
    public void Values_AgainstTheSchema_AreRefusedByName(string setting, string expected)
    {
        var error = Assert.Throws<ChartException>(() => Own.Values("default", [ValuesLayer.Set(setting)]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_OfAChartThatDependsOnThisOne_AreTaken_AndChangeNothing()
    {
        // Helm adds `global` to the values of every such chart, and `enabled` is what its condition is commonly called.
        var values = Own.Values("default", [ValuesLayer.File("parent.yaml", "global: {imageRegistry: example.com}\nenabled: true")]);
        var release = new ChartRelease { Namespace = "nodemesh-system" };

        Assert.Equal(Chart.ToYaml(Own.Render(release, Own.Values("default", []))), Chart.ToYaml(Own.Render(release, values)));
    }

    [Fact]
    public void Schema_NamesItsDraftAsAllValidatorsKnowIt()
    {
        using var schema = JsonDocument.Parse(ChartFiles.Own["values.schema.json"]);
        Assert.Equal("http://json-schema.org/draft-07/schema#", schema.RootElement.GetProperty("$schema").GetString());
    }

    [Theory]
    [InlineData("proxy.capture")]
    [InlineData("a[0]=x")]
    [InlineData(".=x")]
    public void Set_OfAnotherForm_IsRefused(string setting) => Assert.Throws<ChartException>(() => Own.Values("default", [ValuesLayer.Set(setting)]));

    [Fact]
    public void Layers_AreLaidOverTheProfile_InOrder()
    {
        var values = Own.Values("strict", [ValuesLayer.File("mine.yaml", "control: {replicas: 5}\nmesh: {peerAuthentication: PERMISSIVE}"), ValuesLayer.Set("control.replicas=2")]);

        Assert.Equal("2", values.Text("control", "replicas"));
        Assert.Equal("PERMISSIVE", values.Text("mesh", "peerAuthentication"));
        Assert.Equal("REGISTRY_ONLY", values.Text("mesh", "outboundPolicy"));
    }

    [Fact]
    public void Values_OfAnUnknownProfile_NamesThoseThatThereAre() =>
        Assert.Contains("default, demo, minimal, strict", Assert.Throws<ChartException>(() => Own.Values("large", [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_OfTheChart_AreAllDescribed()
    {
        // A line of values.yaml that sets something has a comment above it, or is inside of what has one.
        var lines = ChartFiles.Own["values.yaml"].Split('\n');
        var undocumented = lines.Select((line, i) => (line, i))
            .Where(l => l.line.TrimStart() is { Length: > 0 } text && text[0] != '#' && !text.EndsWith(':') && l.line.TakeWhile(c => c == ' ').Count() == 2)
            .Where(l => !lines[l.i - 1].TrimStart().StartsWith('#'));

        Assert.Empty(undocumented);
    }
}
