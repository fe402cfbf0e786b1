using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Tests.Hosting;

public sealed class ProxyConfigurationFileTests
{
    private const string Minimal = """
        "node":"node-1","nodeAddresses":["172.18.1.1","fd00:18::1"],"controlPlane":"https://172.18.0.1:15012",
        "rootCertificate":"/r","tokenFile":"/t","enrollmentDirectory":"/e"
        """;

    [Fact]
    public void Parse_OfTheLeast_FillsInTheDefaults()
    {
        var configuration = ProxyConfigurationFile.Parse($"{{{Minimal}}}");
        Assert.Equal("spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy", configuration.Identity.ToString());
        Assert.Equal("spiffe://cluster.local/node/node-1", configuration.NodeIdentity.ToString());
        Assert.Equal("127.0.0.1:15000", configuration.AdminListen.ToString());
        Assert.Equal(TimeSpan.FromHours(24), configuration.CertificateLifetime);
        Assert.False(configuration.RegistryOnly);
    }

    [Fact]
    public void Parse_OfEverything_ReadsEverything()
    {
        var configuration = ProxyConfigurationFile.Parse($$"""
            {{{Minimal}},"meshNamespace":"m","trustDomain":"td","clusterDomain":"c.d","clusterId":"x","controlPlaneServerName":"n","capture":"iptables",
            "dnsUpstream":["10.0.0.1","10.0.0.2:54"],"adminListen":"127.0.0.1:0","readinessListen":"0.0.0.0:1","metricsListen":"0.0.0.0:2","logFormat":"json",
            "logLevel":"debug","accessLog":"off","outboundPolicy":"REGISTRY_ONLY","certificateLifetime":"1h30m","connectionsPerPod":7,"halfCloseTimeout":"90s",
            "otlpEndpoint":"http://10.0.0.9:4318","traceSampling":"12.5","idleTimeout":"500ms","drainTimeout":"0s","connectTimeout":"3s"}
            """);
        Assert.Equal(["10.0.0.1:53", "10.0.0.2:54"], configuration.DnsUpstream.Select(e => e.ToString()));
        Assert.Equal(0, configuration.AdminListen.Port);
        Assert.True(configuration.RegistryOnly);
        Assert.Equal(TimeSpan.FromMinutes(90), configuration.CertificateLifetime);
        Assert.Equal((7, TimeSpan.FromSeconds(90), TimeSpan.FromMilliseconds(500), TimeSpan.Zero), (configuration.Limits.ConnectionsPerPod, configuration.Limits.HalfCloseTimeout, configuration.Limits.IdleTimeout, configuration.Limits.DrainTimeout));
        Assert.Equal("td", configuration.Identity.TrustDomain);
        Assert.Equal(("http://10.0.0.9:4318/", 12.5), (configuration.OtlpEndpoint?.ToString(), configuration.TraceSampling));
    }

    /// <summary>What stands in the file beside the rest, and the field that the error names.</summary>
    [Theory]
    [InlineData("\"nodes\":1", "nodes")]
    [InlineData("\"capture\":\"magic\"", "capture")]
    [InlineData("\"adminListen\":\"here\"", "adminListen")]
    [InlineData("\"dnsUpstream\":[\"10.0.0.1\",\"x\"]", "dnsUpstream[1]")]
    [InlineData("\"certificateLifetime\":\"24\"", "certificateLifetime")]
    [InlineData("\"certificateLifetime\":\"\"", "certificateLifetime")]
    [InlineData("\"certificateLifetime\":\"h\"", "certificateLifetime")]
    [InlineData("\"outboundPolicy\":\"registry_only\"", "outboundPolicy")]
    [InlineData("\"connectionsPerPod\":0", "connectionsPerPod")]
    [InlineData("\"trustDomain\":\"Upper\"", "trustDomain")]
    [InlineData("\"logLevel\":\"loud\"", "logLevel")]
    [InlineData("\"otlpEndpoint\":\"collector:4318\"", "otlpEndpoint")]
    [InlineData("\"traceSampling\":101", "traceSampling")]
    public void Parse_OfABadField_NamesIt(string field, string name)
    {
        var error = Assert.Throws<ProxyConfigurationException>(() => ProxyConfigurationFile.Parse($"{{{Minimal},{field}}}"));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("controlPlane")]
    [InlineData("rootCertificate")]
    [InlineData("tokenFile")]
    [InlineData("enrollmentDirectory")]
    public void Parse_WithoutARequiredField_NamesIt(string name)
    {
        var error = Assert.Throws<ProxyConfigurationException>(() => ProxyConfigurationFile.Parse($"{{{Minimal.Replace($"\"{name}\"", "\"clusterId\"", StringComparison.Ordinal)}}}"));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFileThatIsNotThere_NamesIt() =>
        Assert.Contains("/nowhere/proxy.json", Assert.Throws<ProxyConfigurationException>(() => ProxyConfigurationFile.Load("/nowhere/proxy.json")).Message, StringComparison.Ordinal);
}
