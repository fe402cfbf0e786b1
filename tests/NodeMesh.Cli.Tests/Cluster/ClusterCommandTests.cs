using System.CommandLine;

namespace NodeMesh.Cli.Tests.Cluster;

/// <summary>What commands say where there is no cluster, or a wrong value: one line, and an exit code that scripts go by.</summary>
public sealed class ClusterCommandTests
{
    [Theory]
    [InlineData("install", "--kubeconfig", "/nowhere/config")]
    [InlineData("uninstall", "--kubeconfig", "/nowhere/config")]
    [InlineData("check", "--kubeconfig", "/nowhere/config")]
    [InlineData("proxy-status", "--kubeconfig", "/nowhere/config")]
    [InlineData("proxy-config", "all", "node-1", "--kubeconfig", "/nowhere/config")]
    [InlineData("describe", "pod", "web.shop", "--kubeconfig", "/nowhere/config")]
    [InlineData("tap", "deploy/web.shop", "--kubeconfig", "/nowhere/config")]
    [InlineData("tap", "service/web.shop")]
    [InlineData("logs-level", "all", "--kubeconfig", "/nowhere/config")]
    [InlineData("dashboard", "--kubeconfig", "/nowhere/config")]
    [InlineData("bug-report", "--kubeconfig", "/nowhere/config")]
    [InlineData("explain", "--to", "web.shop:80", "--kubeconfig", "/nowhere/config")]
    [InlineData("explain", "--kubeconfig", "/nowhere/config")]
    [InlineData("upgrade", "--set", "proxy.capture=magic")]
    [InlineData("manifest", "--kube-version", "latest")]
    [InlineData("manifest", "--profile", "none")]
    [InlineData("manifest", "--set", "proxy.capture=magic")]
    [InlineData("manifest", "--values", "/nowhere/values.yaml")]
    public async Task Command_WithWhatCannotBe_SaysSoInOneErrorAndExitsWith2(params string[] args)
    {
        var (exit, output, errors) = await RunAsync(args);

        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("proxy-status")]
    [InlineData("describe", "pod", "web.shop")]
    [InlineData("tap")]
    [InlineData("logs-level", "control")]
    [InlineData("bug-report", "--dry-run")]
    [InlineData("dashboard", "--port", "0")]
    [InlineData("upgrade")]
    [InlineData("uninstall")]
    [InlineData("version")]
    public async Task Command_OnAnApiServerThatIsNotThere_ExitsWith1(params string[] args)
    {
        using var directory = new TemporaryKubeconfig("https://127.0.0.1:1");
        var (exit, _, errors) = await RunAsync([.. args, "--kubeconfig", directory.Path]);

        Assert.Equal(1, exit);
        Assert.Contains("127.0.0.1:1", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--local")]
    [InlineData("--mesh")]
    public async Task ProxyStatus_OfALocalMeshAndACluster_IsRefused(string option)
    {
        var (exit, _, errors) = await RunAsync("proxy-status", option, "x", "--context", "y");

        Assert.Equal(1, exit);
        Assert.Contains("give one of them", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-i")]
    [InlineData("-n")]
    [InlineData("--namespace")]
    public async Task Manifest_WithASettingAndANamespace_HasBoth(string option)
    {
        var (exit, output, _) = await RunAsync("manifest", "--set", "proxy.capture=iptables", option, "mesh");

        Assert.Equal(0, exit);
        Assert.Contains("\"capture\": \"iptables\"", output, StringComparison.Ordinal);
        Assert.Contains("namespace: mesh", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("table", "client version: ")]
    [InlineData("json", "\"client\": ")]
    [InlineData("yaml", "client: ")]
    public async Task Version_WithoutACluster_IsThisPrograms(string format, string expected)
    {
        var (exit, output, _) = await RunAsync("version", "--remote=false", "-o", format);

        Assert.Equal(0, exit);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = await NodeMeshCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return (exit, output.ToString(), errors.ToString());
    }
}
