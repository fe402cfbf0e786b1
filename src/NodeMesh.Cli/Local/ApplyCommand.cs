using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Daemon;
using NodeMesh.Local.Pods;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local apply</c>.</summary>
internal static class ApplyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var files = new Option<string[]>("--filename", "-f") { Description = "A manifest, a directory of them, or - for standard input; repeatable.", Required = true, AllowMultipleArgumentsPerToken = true };
        var images = new Option<string[]>("--image") { Description = "What stands in for an image: NAME=COMMAND; repeatable." };
        var command = new Command("apply", "Applies manifests: all of them or, when one is wrong, none.") { files, images, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            if (CommandErrors.Read(result.GetValue(files)!, result.GetValue(ns)!) is not { } set)
            {
                return CommandErrors.Failed;
            }

            CommandErrors.Warn(ManifestChecks.Ineffective(set.Documents));
            using var client = new LocalClient(MeshOption.Layout(result, name));
            Write(await client.ApplyAsync(set.Documents, ImageCommands.Parse(result.GetValue(images) ?? []).Commands, token));
            CommandErrors.Warn(await new EffectWarnings(client, TimeProvider.System).CollectAsync(set.Documents, token));
            return 0;
        }));
        return command;
    }

    /// <summary>Prints what became of objects.</summary>
    /// <param name="outcomes">What became of them.</param>
    public static void Write(IEnumerable<ObjectOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            Console.Out.WriteLine($"{outcome.Object} {outcome.Outcome}");
        }
    }
}
