using System.Text.Json.Nodes;
using NodeMesh.Agent.Installation;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Agent.Tests.Installation;

public sealed class CniDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CniDirectory Directory => new(_folder.Path, "/run/agent.sock", ["kube-system"]);

    [Fact]
    public void Install_TakesTheFirstByName()
    {
        Write("20-b.conflist", Conflists.Calico);
        Write("10-a.conflist", Conflists.Flannel);
        Assert.NotEmpty(Directory.Install());
        Assert.Equal("nodemesh-cni", Last("10-a.conflist"));
        Assert.Equal(Conflists.Calico, Read("20-b.conflist"));
        Assert.Empty(Directory.Install());
    }

    [Fact]
    public void Install_SkipsWhatARuntimeWouldSkip()
    {
        Write("05-broken.conflist", "{");
        Write("06-empty.conflist", """{"name":"x","plugins":[]}""");
        Write("07-note.txt", "not a configuration");
        Write("10-a.conflist", Conflists.Flannel);
        Directory.Install();
        Assert.Equal("nodemesh-cni", Last("10-a.conflist"));
        Assert.Equal("{", Read("05-broken.conflist"));
    }

    [Fact]
    public void Install_WhenAnotherComesFirst_MovesThere()
    {
        Write("10-a.conflist", Conflists.Flannel);
        Directory.Install();
        Write("00-new.conflist", Conflists.Cilium);
        Directory.Install();
        Assert.Equal("nodemesh-cni", Last("00-new.conflist"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Conflists.Flannel), JsonNode.Parse(Read("10-a.conflist"))));
    }

    [Fact]
    public void Install_WhenTheNetworkPluginRewritesItsFile_AddsOursAgain()
    {
        Write("10-a.conflist", Conflists.Flannel);
        Directory.Install();
        Write("10-a.conflist", Conflists.Flannel.Replace("0.3.1", "1.0.0", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.Install());
        Assert.Equal("nodemesh-cni", Last("10-a.conflist"));
        Assert.Contains("1.0.0", Read("10-a.conflist"), StringComparison.Ordinal);
    }

    [Fact]
    public void Install_OfASingleConfiguration_MakesItAListAndUninstallBringsItBack()
    {
        Write("10-bridge.conf", Conflists.Bridge);
        Directory.Install();
        Assert.Equal("nodemesh-cni", Last("10-bridge.conflist"));
        Assert.False(File.Exists(PathOf("10-bridge.conf")));
        Assert.Empty(Directory.Install());

        Directory.Uninstall();
        Assert.Equal(["10-bridge.conf"], Names());
        Assert.Equal(Conflists.Bridge, Read("10-bridge.conf"));
    }

    [Fact]
    public void Install_WhenTheSingleConfigurationIsWrittenAnew_ConvertsItAgain()
    {
        Write("10-bridge.conf", Conflists.Bridge);
        Directory.Install();
        var upgraded = Conflists.Bridge.Replace("10.22.0.0", "10.23.0.0", StringComparison.Ordinal);
        Write("10-bridge.conf", upgraded);
        Directory.Install();
        Assert.Contains("10.23.0.0", Read("10-bridge.conflist"), StringComparison.Ordinal);
        Directory.Uninstall();
        Assert.Equal(upgraded, Read("10-bridge.conf"));
    }

    [Fact]
    public void Uninstall_AfterTheNetworkPluginMovedToAList_KeepsItsListAlone()
    {
        Write("10-bridge.conf", Conflists.Bridge);
        Directory.Install();
        Write("10-bridge.conflist", Conflists.Kindnet);
        Directory.Install();
        Directory.Uninstall();
        Assert.Equal(["10-bridge.conflist"], Names());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Conflists.Kindnet), JsonNode.Parse(Read("10-bridge.conflist"))));
    }

    [Fact]
    public void Install_KeepsTheFilesMode()
    {
        Write("10-a.conflist", Conflists.Flannel);
        File.SetUnixFileMode(PathOf("10-a.conflist"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Directory.Install();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(PathOf("10-a.conflist")));
    }

    [Fact]
    public void Install_WithoutAnyConfiguration_SaysWhatIsMissing()
    {
        var error = Assert.Throws<CniConfigurationException>(() => Directory.Install());
        Assert.Contains("network plugin", error.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    private string Read(string name) => File.ReadAllText(PathOf(name));

    private string? Last(string name) => (string?)JsonNode.Parse(Read(name))!["plugins"]!.AsArray()[^1]!["type"];

    private IEnumerable<string?> Names() => System.IO.Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
