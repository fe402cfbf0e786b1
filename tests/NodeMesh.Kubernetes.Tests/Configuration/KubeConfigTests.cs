using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Configuration;

public sealed class KubeConfigTests : IDisposable
{
    private const string TwoContexts = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - {name: a, cluster: {server: "https://a.example:6443/prefix", tls-server-name: kubernetes, proxy-url: "http://proxy:3128"}}
        - {name: b, cluster: {server: "https://b.example", insecure-skip-tls-verify: true}}
        users:
        - {name: u, user: {token: secret, as: somebody, as-groups: [g1]}}
        - {name: v, user: {username: me, password: pass}}
        contexts:
        - {name: one, context: {cluster: a, user: u, namespace: shop}}
        - {name: two, context: {cluster: b, user: v}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CurrentContext_GivesClusterUserAndNamespace()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(_folder.Write("config", TwoContexts));
        Assert.Equal("https://a.example:6443/prefix", configuration.Host.ToString());
        Assert.Equal(("one", "shop", "secret", "kubernetes"), (configuration.CurrentContext, configuration.Namespace, configuration.AccessToken, configuration.TlsServerName));
        Assert.Equal("somebody", configuration.Impersonate!.User);
        Assert.Equal("g1", configuration.Impersonate.Group);
        Assert.Equal("http://proxy:3128/", configuration.Proxy!.ToString());
    }

    [Fact]
    public void NamedContext_WinsOverCurrent()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(_folder.Write("config", TwoContexts), "two");
        Assert.True(configuration.SkipTlsVerify);
        Assert.Equal(("me", "pass", "default"), (configuration.Username, configuration.Password, configuration.Namespace));
    }

    [Fact]
    public void SeveralFiles_FirstToNameAThingWins()
    {
        var first = _folder.Write("first", "contexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://first'}}]\n");
        var second = _folder.Write("second", "current-context: x\nclusters: [{name: c, cluster: {server: 'https://second'}}]\nusers: [{name: u, user: {token: t}}]\n");
        var configuration = KubeConfigFiles.Load([first, second]).Select(null);
        Assert.Equal("first", configuration.Host.Host);
        Assert.Equal("t", configuration.AccessToken);
    }

    [Fact]
    public void KubeConfigVariable_NamesSeveralFilesOfWhichSomeMayBeMissing()
    {
        var there = _folder.Write("there", TwoContexts);
        var before = Environment.GetEnvironmentVariable("KUBECONFIG");
        Environment.SetEnvironmentVariable("KUBECONFIG", $"{_folder.Path}/missing:{there}");
        try
        {
            Assert.Equal("one", KubernetesClientConfiguration.BuildDefaultConfig().CurrentContext);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", before);
        }
    }

    [Fact]
    public void RelativePaths_BeginAtTheFileThatNamesThem()
    {
        _folder.Write("sub/token", "from-file");
        var file = _folder.Write("sub/config", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://c'}}]\nusers: [{name: u, user: {tokenFile: token}}]\n");
        Assert.Equal($"{_folder.Path}/sub/token", KubernetesClientConfiguration.BuildConfigFromConfigFile(file).TokenFile);
    }

    [Fact]
    public void Exec_IsReadWithArgumentsAndEnvironment()
    {
        var file = _folder.Write("config", """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://c"}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: ./plugin
                  args: [get-token, "--region=x"]
                  env: [{name: PROFILE, value: prod}, {name: PROFILE, value: dev}]
                  provideClusterInfo: true
                  interactiveMode: IfAvailable
                  installHint: install it
            """);
        var exec = KubernetesClientConfiguration.BuildConfigFromConfigFile(file).Exec!;
        Assert.Equal($"{_folder.Path}/plugin", exec.Command);
        Assert.Equal(["get-token", "--region=x"], exec.Arguments);
        Assert.Equal("dev", exec.Environment["PROFILE"]);
        Assert.True(exec.ProvideClusterInfo);
    }

    [Theory]
    [InlineData("clusters: [{name: c, cluster: {}}]", "clusters[0].cluster.server: is missing")]
    [InlineData("clusters: [{name: c, cluster: {server: 'ftp://x'}}]", "clusters[0].cluster.server: \"ftp://x\" is not an http")]
    [InlineData("clusters: [{name: c, cluster: {server: 'https://x', certificate-authority: nowhere}}]", "clusters[0].cluster.certificate-authority: the file")]
    [InlineData("clusters: [{name: c, cluster: {server: 'https://x', certificate-authority-data: '!!'}}]", "clusters[0].cluster.certificate-authority-data: is not base64")]
    [InlineData("clusters: [{name: c, cluster: {server: 'https://x', certificate-authority-data: aGVsbG8=}}]", "clusters[0].cluster.certificate-authority-data: embedded data: has no certificate")]
    [InlineData("clusters: [{name: c, cluster: {server: 'https://x', insecure-skip-tls-verify: perhaps}}]", "insecure-skip-tls-verify: is \"perhaps\"")]
    [InlineData("clusters: {c: d}", "clusters: must be a list")]
    [InlineData("clusters: [{cluster: {server: 'https://x'}}]", "clusters[0].name: is missing")]
    [InlineData("clusters: [{name: other, cluster: {server: 'https://x'}}]", "contexts[0].context.cluster: there is no cluster \"c\"; there are \"other\"")]
    [InlineData("users: [{name: u, user: {client-certificate-data: aGVsbG8=}}]", "users[0].user.client-key: is missing beside client-certificate")]
    [InlineData("users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}}]", "users[0].user.exec.apiVersion: is")]
    [InlineData("users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", "users[0].user.exec.command: is missing")]
    [InlineData("users: [{name: u, user: {auth-provider: {name: gcp}}}]", "users[0].user.auth-provider: is no longer served")]
    [InlineData("users: [{name: u, user: {token: t, as: me, as-groups: [a, b]}}]", "users[0].user.as-groups: has 2 groups")]
    [InlineData("users: [{name: v, user: {}}]", "contexts[0].context.user: there is no user \"u\"; there are \"v\"")]
    [InlineData("current-context: y", "current-context: there is no context \"y\"; there are \"x\"")]
    [InlineData("users: [", "is not YAML")]
    public void BadFile_IsToldByFileAndField(string change, string expected)
    {
        var parts = new Dictionary<string, string>
        {
            ["current-context"] = "current-context: x",
            ["contexts"] = "contexts: [{name: x, context: {cluster: c, user: u}}]",
            ["clusters"] = "clusters: [{name: c, cluster: {server: 'https://c'}}]",
            ["users"] = "users: [{name: u, user: {token: t}}]",
        };
        parts[change.Split(':')[0]] = change;
        var file = _folder.Write("config", string.Join('\n', parts.Values));
        var error = Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_IsTold() =>
        Assert.Contains("/nowhere/config: cannot be read", Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile("/nowhere/config")).Message, StringComparison.Ordinal);
}
