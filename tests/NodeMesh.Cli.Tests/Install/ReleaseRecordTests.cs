using System.Text.Json;
using NodeMesh.Charts;
using NodeMesh.Charts.Values;
using NodeMesh.Cli.Install;

namespace NodeMesh.Cli.Tests.Install;

public sealed class ReleaseRecordTests
{
    [Fact]
    public void Layers_KeptAndReadAgain_MakeTheSameValues()
    {
        var chart = new Chart(ChartFiles.Own);
        List<ValuesLayer> layers = [ValuesLayer.File("mine.yaml", "proxy:\n  capture: ebpf\ncontrol:\n  replicas: 3\n"), ValuesLayer.Set("control.replicas=2")];
        var kept = JsonSerializer.Deserialize<ReleaseRecord>(JsonSerializer.SerializeToUtf8Bytes(ReleaseRecord.Of("strict", layers)))!;

        Assert.Equal("strict", kept.Profile);
        Assert.Equal(chart.Values("strict", layers).ToYaml(), chart.Values(kept.Profile, kept.ToLayers()).ToYaml());
        Assert.Equal("2", chart.Values(kept.Profile, kept.ToLayers()).Text("control", "replicas"));
    }

    [Fact]
    public void Upgrade_WithoutValues_KeepsThoseOfTheInstallation()
    {
        var options = new ChartOptions();
        var command = new System.CommandLine.Command("upgrade");
        options.AddTo(command);
        var earlier = new ReleaseRecord("strict", [new(null, "control.replicas=2"), new(null, "proxy.capture=iptables")]);

        var (_, values, record) = options.Read(command.Parse(["--set", "proxy.capture=ebpf"]), earlier);
        Assert.Equal(("2", "ebpf"), (values.Text("control", "replicas"), values.Text("proxy", "capture")));
        Assert.Equal(("strict", 3), (record.Profile, record.Layers.Count));

        var (_, reset, alone) = options.Read(command.Parse([]));
        Assert.Equal(("default", 0), (alone.Profile, alone.Layers.Count));
        Assert.NotEqual("ebpf", reset.Text("proxy", "capture"));
    }
}
