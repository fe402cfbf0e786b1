using System.CommandLine;
using NodeMesh.Charts;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Cli.Cluster;

/// <summary>Runs a command on a cluster. Exit codes: 0 done, 1 the cluster or the mesh is not as it should be, 2 wrong usage.</summary>
internal static class ClusterCommand
{
    /// <summary>Exit code for what the cluster refuses or lacks.</summary>
    public const int Failed = 1;

    /// <summary>Exit code for what the user gave wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Runs a command, and turns expected failures into one line and an exit code.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="command">The command: standard output, standard error.</param>
    /// <param name="failed">The exit code for what the cluster refuses or lacks.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ParseResult result, Func<TextWriter, TextWriter, Task<int>> command, int failed = Failed)
    {
        var errors = result.InvocationConfiguration.Error;
        try
        {
            return await command(result.InvocationConfiguration.Output, errors);
        }
        catch (Exception e) when (e is ChartException or KubeConfigException)
        {
            await errors.WriteLineAsync($"error: {e.Message}");
            return Usage;
        }
        catch (Exception e) when (e is ClusterException or ProxyQueryException or KubernetesException or KubernetesConnectionException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"error: {e.Message}");
            return failed;
        }
    }
}
