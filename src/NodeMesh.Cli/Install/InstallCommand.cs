using System.CommandLine;
using NodeMesh.Cli.Cluster;

namespace NodeMesh.Cli.Install;

/// <summary><c>nodemesh install</c> and <c>nodemesh upgrade</c>.</summary>
internal static class InstallCommand
{
    /// <summary>Makes <c>install</c>.</summary>
    public static Command CreateInstall() => Create("install", "Puts the mesh on a cluster. Done again, it changes what differs.", mustExist: false);

    /// <summary>Makes <c>upgrade</c>.</summary>
    public static Command CreateUpgrade() => Create("upgrade", "Replaces an installed mesh by this program's version, node by node.", mustExist: true);

    private static Command Create(string name, string description, bool mustExist)
    {
        var cluster = new ClusterOptions(isOfMeshAlone: true);
        var chart = new ChartOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Lets the API server check everything, and changes nothing." };
        var wait = new Option<bool>("--wait") { Description = "Waits until everything is ready (--wait=false does not).", DefaultValueFactory = _ => true };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for each part.", DefaultValueFactory = _ => 300 };
        var skip = new Option<bool>("--skip-crds") { Description = "Leaves the definitions of policy kinds alone." };
        var reset = new Option<bool>("--reset-values") { Description = "Forgets profile and values of the installation; without it they stay, and what is given here goes over them." };
        var command = new Command(name, description) { dryRun, wait, timeout, skip };
        if (mustExist)
        {
            command.Add(reset);
        }

        cluster.AddTo(command);
        chart.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (output, _) =>
        {
            // What is wrong with the command line is said before anybody is asked.
            chart.Read(result);
            using var client = cluster.Connect(result);
            var progress = new InstallProgress(output, TimeProvider.System);
            var ns = cluster.Namespace(result);
            var present = await InstalledMesh.FindAsync(client, ns, ct);
            if (mustExist && present is null)
            {
                throw new ClusterException($"no mesh is installed in namespace {ns}: use nodemesh install, or name the namespace with --mesh-namespace");
            }

            var earlier = mustExist && !result.GetValue(reset) ? await ReleaseRecord.FindAsync(client, ns, ct) : null;
            var (files, values, record) = chart.Read(result, earlier);
            if (present is not null)
            {
                progress.Done($"found version {present.Version}{(present.Version == files.Version ? "" : $", {files.Version} will replace it")}");
            }

            if (earlier is not null)
            {
                progress.Done($"values of the installation: profile {earlier.Profile}{(earlier.Layers.Count > 0 ? $", {string.Join(", ", earlier.Layers.Select(l => l.FileName ?? l.Text.Split('=')[0]))}" : "")}");
            }

            var request = new InstallRequest(files, values, ns)
            {
                Record = record,
                DryRun = result.GetValue(dryRun),
                Wait = result.GetValue(wait),
                Timeout = TimeSpan.FromSeconds(result.GetValue(timeout)),
                SkipDefinitions = result.GetValue(skip),
            };
            await new Installation(client, request, progress, TimeProvider.System).RunAsync(ct);
            progress.Done(request.DryRun ? "dry run: nothing was changed" : "installed; bring a namespace in with: kubectl label namespace NAME istio.io/dataplane-mode=ambient");
            return 0;
        }));
        return command;
    }
}
