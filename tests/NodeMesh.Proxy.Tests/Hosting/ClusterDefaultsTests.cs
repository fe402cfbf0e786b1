using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Tests.Hosting;

public sealed class ClusterDefaultsTests : IDisposable
{
    private static readonly Dictionary<string, string> Pod = new() { ["NODE_NAME"] = "n1", ["NODE_IP"] = "10.0.0.1", ["POD_NAMESPACE"] = "mesh" };

    private readonly string _resolver = Path.GetTempFileName();

    [Fact]
    public void Fill_OfNothing_TakesTheEnvironmentAndTheInstallationsPaths()
    {
        File.WriteAllText(_resolver, "search mesh.svc.cluster.local\nnameserver 10.96.0.10\n  nameserver fd00::a # second\nnameserver nonsense\noptions ndots:5\n");
        var filled = Fill(new ProxyConfigurationText(), Pod);
        Assert.Equal(("n1", "mesh"), (filled.Node, filled.MeshNamespace));
        Assert.Equal(["10.0.0.1"], filled.NodeAddresses!);
        Assert.Equal(("https://nodemesh-control.mesh.svc:15012", "nodemesh-control.mesh.svc"), (filled.ControlPlane, filled.ControlPlaneServerName));
        Assert.Equal(["10.96.0.10", "fd00::a"], filled.DnsUpstream!);
        Assert.Equal("/var/run/nodemesh/enrollments", filled.EnrollmentDirectory);
        Assert.Equal("/var/run/secrets/nodemesh/token/token", filled.TokenFile);
        Assert.Equal("/var/run/secrets/nodemesh/ca/root-cert.pem", filled.RootCertificate);
    }

    [Fact]
    public void Fill_OfAFile_KeepsWhatItSays()
    {
        var file = new ProxyConfigurationText { Node = "other", NodeAddresses = ["10.9.9.9"], ControlPlane = "https://10.0.0.9:1", DnsUpstream = [], TokenFile = "/t", Capture = "ebpf" };
        var filled = Fill(file, []);
        Assert.Equal(("other", "https://10.0.0.9:1", "/t", "ebpf"), (filled.Node, filled.ControlPlane, filled.TokenFile, filled.Capture));
        Assert.Equal(["10.9.9.9"], filled.NodeAddresses!);
        Assert.Empty(filled.DnsUpstream!);
    }

    [Fact]
    public void Fill_WithSeveralAddresses_TakesAll() =>
        Assert.Equal(["10.0.0.1", "fd00::1"], Fill(new ProxyConfigurationText(), new(Pod) { ["NODE_IPS"] = "10.0.0.1, fd00::1" }).NodeAddresses!);

    [Theory]
    [InlineData("NODE_NAME", "node")]
    [InlineData("NODE_IP", "nodeAddresses")]
    public void Fill_WithoutANeededVariable_NamesFieldAndVariable(string variable, string field)
    {
        var error = Assert.Throws<ProxyConfigurationException>(() => Fill(new ProxyConfigurationText(), new(Pod.Where(p => p.Key != variable))));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_resolver);

    private ProxyConfigurationText Fill(ProxyConfigurationText text, Dictionary<string, string> environment) => ClusterDefaults.Fill(text, environment.GetValueOrDefault, _resolver);
}
