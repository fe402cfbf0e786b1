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
            var up = TestCommand.RunAsync(TestCluster.Script, ["up", "--api", "--name", name, "--owner", owner.Id.ToString(CultureInfo.InvariantCulture)]);
            // In the midst of it: processes are being started.
            await Eventually.TrueAsync(() => File.Exists($"/var/tmp/nodemesh-clusters/{name}/pids/etcd"), "the cluster comes up");
            owner.Kill();
            await owner.WaitForExitAsync();
            await Eventually.TrueAsync(() => !Directory.Exists($"/var/tmp/nodemesh-clusters/{name}") && !File.Exists($"/run/netns/km-{name}-cp"), "nothing is left");
            await up;
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
