using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local down</c>.</summary>
internal static class DownCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var all = new Option<bool>("--all") { Description = "Removes every mesh on this machine." };
        var command = new Command("down", "Removes all that a mesh has on this machine, also after a crash.") { name, all };
        command.SetAction((result, token) => CommandErrors.CatchAsync(() => RunAsync(
            result.GetValue(all) ? Residue.FindAll(MeshLayout.DefaultRoot) : [MeshOption.Layout(result, name).Name], token)));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<MeshName> names, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return CommandErrors.Say(["root is needed to remove network namespaces; run it with sudo"]);
        }

        foreach (var name in names)
        {
            var removed = await new MeshRemover(new MeshLayout(name), TimeProvider.System).RemoveAsync(cancellationToken);
            Console.Out.WriteLine(removed.IsEmpty ? $"mesh {name}: nothing is there" : $"mesh {name}: removed {removed}");
        }

        if (names.Count == 0)
        {
            Console.Out.WriteLine("there is no mesh");
        }

        return 0;
    }
}
