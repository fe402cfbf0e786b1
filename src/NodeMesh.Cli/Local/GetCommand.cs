using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local get</c>.</summary>
internal static class GetCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "All namespaces." };
        var output = new Option<string?>("--output", "-o") { Description = "yaml, json, wide or name." };
        output.AcceptOnlyFromAmong("yaml", "json", "wide", "name");
        var words = new Argument<string[]>("kind") { Description = "KIND [NAME]..., or KIND/NAME...", Arity = ArgumentArity.OneOrMore };
        var command = new Command("get", "Shows objects with their status.") { words, output, all, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            using var client = new LocalClient(MeshOption.Layout(result, name));
            var everywhere = result.GetValue(all);
            var exitCode = 0;
            foreach (var group in KindArgument.Parse(result.GetValue(words)!).GroupBy(w => w.Kind))
            {
                var found = new List<ManifestMapping>();
                foreach (var (kind, wanted) in group)
                {
                    var objects = await client.GetAsync(kind, everywhere ? null : result.GetValue(ns), wanted, token);
                    found.AddRange(objects);
                    if (wanted is not null && objects.IsEmpty)
                    {
                        exitCode = CommandErrors.Say([$"{kind.Plural} \"{wanted}\" not found"]);
                    }
                }

                Write(group.Key, found, result.GetValue(output), everywhere, single: group.Count() == 1 && group.First().Name is not null);
            }

            return exitCode;
        }));
        return command;
    }

    private static void Write(ResourceKind kind, List<ManifestMapping> objects, string? output, bool withNamespace, bool single)
    {
        switch (output)
        {
            case "yaml" when objects.Count > 0:
                Console.Out.Write(single ? ManifestWriter.ToYaml(objects[0]) : ManifestWriter.ToYaml(List(objects)));
                break;
            case "json" when objects.Count > 0 || !single:
                Console.Out.Write(single ? ManifestWriter.ToJson(objects[0]) : ManifestWriter.ToJson(List(objects)));
                break;
            case "name":
                objects.ForEach(o => Console.Out.WriteLine($"{kind.Kind.ToLowerInvariant()}{(kind.Group.Length == 0 ? "" : "." + kind.Group)}/{o.TextAt("metadata", "name")}"));
                break;
            case null or "wide" when objects.Count > 0:
                GetTables.Write(Console.Out, kind, objects, output == "wide", withNamespace && kind.Namespaced);
                break;
            case null or "wide" or "yaml" or "json" when single:
                // Said already that it is not there.
                break;
            default:
                Console.Error.WriteLine($"no {kind.Plural} found");
                break;
        }
    }

    private static ManifestMapping List(IEnumerable<ManifestMapping> objects) => new(
    [
        new ManifestEntry("apiVersion", ManifestScalar.String("v1")),
        new ManifestEntry("kind", ManifestScalar.String("List")),
        new ManifestEntry("items", new ManifestSequence([.. objects])),
    ]);
}
