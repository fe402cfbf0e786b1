using NodeMesh.Control.Hosting;

namespace NodeMesh.Control.Tests;

public sealed class ControlConfigurationTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Load_TheContractsExample_ReadsEveryField()
    {
        File.WriteAllText(_path, """
            {"manifests":["/a","/b"],"statusDirectory":"/s","caDirectory":"/ca","tokens":"/t","trustDomain":"td","rootNamespace":"root","clusterDomain":"c.d","clusterId":"c1",
             "listen":"172.18.0.1:15012","metricsListen":"172.18.0.1:15014","logFormat":"json","logLevel":"debug","certificateLifetime":"90m"}
            """);

        var configuration = ControlConfiguration.Load(_path);

        Assert.Equal(["/a", "/b"], configuration.Manifests);
        Assert.Equal("172.18.0.1:15012", configuration.ListenEndPoint.ToString());
        Assert.Equal(15014, configuration.MetricsEndPoint!.Port);
        Assert.Equal(TimeSpan.FromMinutes(90), configuration.CertificateLifetimeSpan);
        Assert.Equal(LogFormat.Json, configuration.LogFormat);
        Assert.Equal("spiffe://td/ns/nodemesh-system/sa/nodemesh-proxy", configuration.ProxyIdentity.ToString());
    }

    [Theory]
    [InlineData("{", "line")]
    [InlineData("""{"manifests":["/a"],"caDirectory":"/ca","tokens":"/t","lisen":"x"}""", "lisen")]
    [InlineData("""{"manifests":["/a"],"tokens":"/t"}""", "caDirectory")]
    [InlineData("""{"caDirectory":"/ca","tokens":"/t"}""", "manifests")]
    [InlineData("""{"manifests":["/a"],"caDirectory":"/ca","tokens":"/t","listen":"15012"}""", "listen")]
    [InlineData("""{"manifests":["/a"],"caDirectory":"/ca","tokens":"/t","certificateLifetime":"1 day"}""", "certificateLifetime")]
    [InlineData("""{"manifests":["/a"],"caDirectory":"/ca","tokens":"/t","logLevel":"loud"}""", "logLevel")]
    [InlineData("""{"manifests":["/a"],"caDirectory":"/ca","tokens":"/t","trustDomain":"A B"}""", "trustDomain")]
    public async Task Program_BadConfiguration_ExitsWith2AndOneLineThatNamesFileAndField(string json, string named)
    {
        await File.WriteAllTextAsync(_path, json);
        var error = new StringWriter();

        var code = await ControlProgram.RunAsync(["--config", _path], (_, _) => new TestSource(), error);

        Assert.Equal(2, code);
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(_path, line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_NoArguments_ExitsWith2AndSaysHow()
    {
        var error = new StringWriter();

        Assert.Equal(2, await ControlProgram.RunAsync([], (_, _) => new TestSource(), error));

        Assert.Contains("--config FILE", error.ToString(), StringComparison.Ordinal);
    }
}
