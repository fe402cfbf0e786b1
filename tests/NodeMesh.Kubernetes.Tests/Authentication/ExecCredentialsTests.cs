using System.Text.Json;
using NodeMesh.Kubernetes.Authentication;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Authentication;

public sealed class ExecCredentialsTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    private string Runs => Path.Combine(_folder.Path, "runs");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(V1)]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task Token_IsKeptUntilItExpires(string version)
    {
        using var credentials = Plugin(Answer(version, "\"token\":\"t'$n'\",\"expirationTimestamp\":\"2026-03-01T01:00:00Z\""), version);
        Assert.Equal("t1", await TokenAsync(credentials));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("t1", await TokenAsync(credentials));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("t2", await TokenAsync(credentials));
    }

    [Fact]
    public async Task RefusedToken_IsAskedForAgain()
    {
        using var credentials = Plugin(Answer(V1, "\"token\":\"t'$n'\""));
        Assert.True(credentials.Invalidate(await credentials.GetAsync(default)));
        Assert.Equal("t2", await TokenAsync(credentials));
    }

    [Fact]
    public async Task ManyWaiters_RunThePluginOnce()
    {
        using var credentials = Plugin(Answer(V1, "\"token\":\"t'$n'\""));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TokenAsync(credentials)));
        Assert.All(all, t => Assert.Equal("t1", t));
    }

    [Fact]
    public async Task ClusterInformation_ReachesThePlugin()
    {
        using var credentials = Plugin("printf %s \"$KUBERNETES_EXEC_INFO\" > " + Runs + ".info; printf %s \"$PROFILE\" > " + Runs + ".env\n" + Answer(V1, "\"token\":\"t\""));
        await TokenAsync(credentials);
        var information = JsonDocument.Parse(File.ReadAllText(Runs + ".info")).RootElement;
        Assert.Equal(V1, information.GetProperty("apiVersion").GetString());
        Assert.Equal("https://x/", information.GetProperty("spec").GetProperty("cluster").GetProperty("server").GetString());
        Assert.Equal("sni", information.GetProperty("spec").GetProperty("cluster").GetProperty("tls-server-name").GetString());
        Assert.Equal("dev", File.ReadAllText(Runs + ".env"));
    }

    [Theory]
    [InlineData("echo no login >&2; exit 3", "ended with 3: no login")]
    [InlineData("echo hello", "is not JSON")]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{}}'", "neither a token nor a client certificate")]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"}}'", "answered in client.authentication.k8s.io/v1beta1")]
    [InlineData("echo '{\"kind\":\"Pod\"}'", "answered no ExecCredential")]
    public async Task BadPlugin_IsToldWithItsPlace(string script, string expected)
    {
        using var credentials = Plugin(script);
        var error = await Assert.ThrowsAsync<KubeConfigException>(async () => await credentials.GetAsync(default));
        Assert.StartsWith("config: users[0].user.exec: the plugin", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingPlugin_IsToldWithItsInstallHint()
    {
        var exec = new ExecConfiguration { ApiVersion = V1, Command = "no-such-plugin", InstallHint = "apt install it" };
        using var credentials = new ExecCredentials(exec, new KubernetesClientConfiguration { Host = new Uri("https://x") }, _clock);
        var error = await Assert.ThrowsAsync<KubeConfigException>(async () => await credentials.GetAsync(default));
        Assert.Contains("apt install it", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> TokenAsync(ExecCredentials credentials) => (await credentials.GetAsync(default)).Authorization?.Parameter;

    private string Answer(string version, string status) =>
        $"echo x >> {Runs}; n=$(wc -l < {Runs}); echo '{{\"apiVersion\":\"{version}\",\"kind\":\"ExecCredential\",\"status\":{{{status}}}}}'";

    private ExecCredentials Plugin(string script, string version = V1)
    {
        var exec = new ExecConfiguration
        {
            ApiVersion = version,
            Command = _folder.WriteScript("plugin", script),
            Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("PROFILE", "dev"),
            ProvideClusterInfo = true,
            Origin = "config: users[0].user.exec",
        };
        return new ExecCredentials(exec, new KubernetesClientConfiguration { Host = new Uri("https://x"), TlsServerName = "sni" }, _clock);
    }
}
