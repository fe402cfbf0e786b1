using System.CommandLine;
using NodeMesh.Model;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Offline;

/// <summary><c>nodemesh validate</c>: schema and semantics of single resources, by the code that the webhook runs.</summary>
internal static class ValidateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "A manifest, a directory of them, or - for standard input; repeatable.", Required = true, AllowMultipleArgumentsPerToken = true };
        var ns = new Option<string>("--namespace", "-n") { Description = "The namespace of resources that name none.", DefaultValueFactory = _ => "default" };
        var output = new Option<string?>("--output", "-o") { Description = "json or yaml; lines for people when missing." };
        output.AcceptOnlyFromAmong("json", "yaml");
        var command = new Command("validate", "Checks resources in files one by one, without a cluster. Exit code 0: accepted, 1: refused, 2: wrong usage or unreadable file.") { files, ns, output };
        command.SetAction(result => Run(result.GetValue(files)!, result.GetValue(ns)!, result.GetValue(output), Console.Out, Console.Error));
        return command;
    }

    /// <summary>Validates files.</summary>
    /// <param name="files">Files and directories.</param>
    /// <param name="ns">The namespace of resources that name none.</param>
    /// <param name="format"><c>json</c>, <c>yaml</c>, or null for lines.</param>
    /// <param name="output">Takes the answer.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyCollection<string> files, string ns, string? format, TextWriter output, TextWriter errors)
    {
        var set = ManifestReader.ReadPaths(files, ns);
        if (format is not null)
        {
            output.Write(format == "yaml" ? ManifestWriter.ToYaml(ToJson(set)) : ManifestWriter.ToJson(ToJson(set)));
        }
        else
        {
            foreach (var finding in set.Findings)
            {
                errors.WriteLine(finding);
            }

            if (!set.HasErrors)
            {
                output.WriteLine($"{set.Documents.Length} resources are valid");
            }
        }

        return set.Errors.Any(f => f.Code == FindingCodes.Unreadable) ? OfflineExit.Usage : set.HasErrors ? OfflineExit.Refused : OfflineExit.Accepted;
    }

    private static ManifestSequence ToJson(ManifestSet set)
    {
        var findings = set.Findings.ToLookup(f => (File: f.File ?? "", f.Document, f.Resource));
        var keys = set.Documents.Select(d => (d.File, Document: d.Index, Resource: (ResourceOrigin?)d.Origin)).Concat(findings.Select(g => g.Key)).Distinct()
            .OrderBy(k => k.File, StringComparer.Ordinal).ThenBy(k => k.Document);
        return new ManifestSequence([.. keys.Select(ManifestNode (key) => FindingJson.Map(
            ("file", FindingJson.Text(key.File)),
            ("document", ManifestScalar.Integer(key.Document)),
            ("resource", FindingJson.Resource(key.Resource)),
            ("valid", ManifestScalar.Boolean(!findings[key].Any(f => f.Level == FindingLevel.Error))),
            ("findings", new ManifestSequence([.. findings[key].Select(ToJson)]))))]);
    }

    private static ManifestNode ToJson(Finding finding) => FindingJson.Map(
        ("code", FindingJson.Text(AnalysisCodes.Of(finding))),
        ("level", FindingJson.Text(finding.Level.ToString())),
        ("field", FindingJson.Text(finding.Field)),
        ("line", ManifestScalar.Integer(finding.Line)),
        ("message", FindingJson.Text(finding.Message)));
}
