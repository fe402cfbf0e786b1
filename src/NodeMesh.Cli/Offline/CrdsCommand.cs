using System.CommandLine;
using NodeMesh.Cli.Local;
using NodeMesh.Resources.Crds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Offline;

/// <summary><c>nodemesh crds</c>: writes the CRDs of the kinds, as deploy/crds has them.</summary>
internal static class CrdsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var directory = new Option<string?>("--output-dir") { Description = "Writes one file for each kind there, instead of all to standard output." };
        var command = new Command("crds", "Prints the CustomResourceDefinitions of the kinds that the mesh knows.") { directory };
        command.SetAction((result, _) => CommandErrors.CatchAsync(async () =>
        {
            var generator = new CrdGenerator(KindDescriptions.Load());
            foreach (var kind in CrdGenerator.Kinds)
            {
                var yaml = ManifestWriter.ToYaml(generator.Generate(kind));
                if (result.GetValue(directory) is { } path)
                {
                    Directory.CreateDirectory(path);
                    await File.WriteAllTextAsync(Path.Combine(path, CrdGenerator.FileName(kind)), yaml);
                }
                else
                {
                    await Console.Out.WriteAsync($"---\n{yaml}");
                }
            }

            return 0;
        }));
        return command;
    }
}
