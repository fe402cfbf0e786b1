using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Configuration;

public sealed class InClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("10.96.0.1", "https://10.96.0.1:6443/")]
    [InlineData("fd00::1", "https://[fd00::1]:6443/")]
    public void Pod_KnowsServerTokenAndNamespace(string host, string url)
    {
        _folder.Write("token", "t");
        _folder.Write("namespace", "shop\n");
        var configuration = InClusterFiles.Load(_folder.Path, host, "6443");
        Assert.Equal(url, configuration.Host.ToString());
        Assert.Equal("shop", configuration.Namespace);
        Assert.Equal($"{_folder.Path}/token", configuration.TokenFile);
        Assert.Equal($"{_folder.Path}/ca.crt", configuration.CertificateAuthority!.Path);
    }

    [Fact]
    public void NotAPod_IsTold() =>
        Assert.Contains("does not run in a pod", Assert.Throws<KubeConfigException>(() => InClusterFiles.Load(_folder.Path, null, null)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10.96.0.1", "tcp://10.96.0.1:443")]
    [InlineData("not a host", "443")]
    public void NoHostOrPort_IsTold(string host, string port) =>
        Assert.Contains("is not a host and a port", Assert.Throws<KubeConfigException>(() => InClusterFiles.Load(_folder.Path, host, port)).Message, StringComparison.Ordinal);

    [Fact]
    public void PodWithoutToken_IsTold() =>
        Assert.Contains("automountServiceAccountToken", Assert.Throws<KubeConfigException>(() => InClusterFiles.Load(_folder.Path, "10.96.0.1", "443")).Message, StringComparison.Ordinal);
}
