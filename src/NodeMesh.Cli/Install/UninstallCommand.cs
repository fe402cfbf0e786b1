using System.CommandLine;
using NodeMesh.Cli.Cluster;

namespace NodeMesh.Cli.Install;

/// <summary><c>nodemesh uninstall</c>.</summary>
internal static class UninstallCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var cluster = new ClusterOptions(isOfMeshAlone: true);
        var purge = new Option<bool>("--purge") { Description = "Also the definitions that install made with all policies of their kinds, the CA's keys and the namespace." };
        var yes = new Option<bool>("--skip-confirmation", "-y") { Description = "Does not ask before --purge." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for each part.", DefaultValueFactory = _ => 300 };
        var command = new Command("uninstall", "Takes the mesh off a cluster. Pods go on without it, in clear, and none is restarted.") { purge, yes, timeout };
        cluster.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (output, errors) =>
        {
            using var client = cluster.Connect(result);
            var ns = cluster.Namespace(result);
            if (result.GetValue(purge) && !result.GetValue(yes))
            {
                await output.WriteAsync($"This removes the mesh of {client.Configuration.Host}, all policies of the kinds that it installed, and the CA's keys. Proceed? (y/N) ");
                if (Console.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
                {
                    await errors.WriteLineAsync("nothing was changed");
                    return ClusterCommand.Failed;
                }
            }

            var progress = new InstallProgress(output, TimeProvider.System);
            await new Removal(client, ns, progress, TimeProvider.System).RunAsync(result.GetValue(purge), TimeSpan.FromSeconds(result.GetValue(timeout)), ct);
            return 0;
        }));
        return command;
    }
}
