using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Dashboard;

/// <summary><c>nodemesh dashboard</c>: a page of the mesh on this machine's loopback, as long as the command runs.</summary>
internal static class DashboardCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var port = new Option<int>("--port", "-p") { Description = "The port on 127.0.0.1; 0: any free one.", DefaultValueFactory = _ => 8642 };
        var mesh = new MeshOptions(isOfMeshAlone: true);
        var command = new Command("dashboard", "Serves a page with proxies, workloads and who talks to whom, with live rates and errors, on 127.0.0.1 until Ctrl-C. Nothing is loaded from elsewhere.") { port };
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, _) =>
        {
            using var found = await mesh.OpenAsync(result, ct);
            await using var server = await DashboardServer.StartAsync(found, result.GetValue(port), TimeProvider.System, ct);
            await stdout.WriteLineAsync($"{found.Title}: {server.Address} (Ctrl-C ends it)");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // That is how it ends.
            }

            return 0;
        }));
        return command;
    }
}
