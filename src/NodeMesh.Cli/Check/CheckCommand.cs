using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Output;
using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Check;

/// <summary><c>nodemesh check</c>: whether a cluster can take the mesh, and whether an installed mesh is well. Exit code 1 when something is wrong.</summary>
internal static class CheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var cluster = new ClusterOptions(isOfMeshAlone: true);
        var before = new Option<bool>("--pre") { Description = "Only what must be there before an installation." };
        var output = StructuredOutput.Option();
        var command = new Command("check", "Looks whether a cluster can take the mesh, and whether an installed mesh is well.") { before, output };
        cluster.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, _) =>
        {
            var client = cluster.Connect(result);
            var found = await LookAsync(client, cluster.Namespace(result), result.GetValue(before), ct);
            if (!await StructuredOutput.TryWriteAsync(stdout, result.GetValue(output), found))
            {
                await WriteAsync(stdout, found);
            }

            return found.Any(f => f.Level == "error") ? ClusterCommand.Failed : 0;
        }));
        return command;
    }

    private static async Task<List<CheckOutcome>> LookAsync(KubernetesClient client, string ns, bool before, CancellationToken ct)
    {
        var owned = (IDisposable)client;
        try
        {
            var found = new List<CheckOutcome>(await new ClusterChecks(client, ns, TimeProvider.System).RunAsync(ct));
            if (!before && await InstalledMesh.FindAsync(client, ns, ct) is not null)
            {
                var mesh = await ClusterMesh.FindAsync(client, ns, ct);
                owned = mesh;
                found.AddRange(await new MeshChecks(mesh, TimeProvider.System).RunAsync(ct));
            }

            return found;
        }
        finally
        {
            owned.Dispose();
        }
    }

    private static async Task WriteAsync(TextWriter output, List<CheckOutcome> found)
    {
        foreach (var category in found.GroupBy(f => f.Category))
        {
            await output.WriteLineAsync(category.Key);
            foreach (var outcome in category)
            {
                var mark = outcome.Level switch { "ok" => '√', "warning" => '‼', _ => '×' };
                await output.WriteLineAsync($"  {mark} {outcome.Check}{(outcome.Message.Length > 0 ? $": {outcome.Message}" : "")}");
                if (outcome.Hint.Length > 0)
                {
                    await output.WriteLineAsync($"      {outcome.Hint}");
                }
            }
        }

        var errors = found.Count(f => f.Level == "error");
        var warnings = found.Count(f => f.Level == "warning");
        await output.WriteLineAsync(errors > 0 ? $"{errors} errors, {warnings} warnings" : warnings > 0 ? $"usable, {warnings} warnings" : "all is well");
    }
}
