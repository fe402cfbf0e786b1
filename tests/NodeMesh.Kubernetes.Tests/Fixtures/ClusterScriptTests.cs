using System.Diagnostics;
using System.Globalization;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>What a killed test run leaves behind: nothing.</summary>
public sealed class ClusterScriptTests
{
    [Fact]
    public async Task ClusterWhoseOwnerIsKilled_GoesByItself()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"kt-{Environment.ProcessId}-owned");
        using var owner = Process.Start("sleep", "600");
        try
        {
            await TestCommand.RequireAsync(TestCluster.Script, ["up", "--api", "--name", name, "--owner", owner.Id.ToString(CultureInfo.InvariantCulture)]);
            Assert.True(File.Exists($"/run/netns/km-{name}-cp"));
            owner.Kill();
            await owner.WaitForExitAsync();
            await Eventually.TrueAsync(() => !Directory.Exists($"/var/tmp/nodemesh-clusters/{name}") && !File.Exists($"/run/netns/km-{name}-cp"), "nothing is left");
        }
        finally
        {
            if (!owner.HasExited)
            {
                owner.Kill();
            }

            await TestCommand.RunAsync(TestCluster.Script, ["down", "--name", name]);
        }
    }
}
