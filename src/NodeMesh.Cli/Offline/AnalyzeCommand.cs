using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Offline;

/// <summary><c>nodemesh analyze</c>: looks for mistakes in configuration, across resources.</summary>
internal static class AnalyzeCommand
{
    private static readonly string[] Levels = ["Info", "Warning", "Error"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var arguments = new Argument<string[]>("file") { Description = "Files and directories, as with -f.", Arity = ArgumentArity.ZeroOrMore };
        var files = new Option<string[]>("--filename", "-f") { Description = "A manifest, a directory of them, or - for standard input; repeatable.", AllowMultipleArgumentsPerToken = true };
        var ns = new Option<string?>("--namespace", "-n") { Description = "Only resources of this namespace; also that of resources that name none." };
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "All namespaces, which is what happens without -n too." };
        var useKube = new Option<bool?>("--use-kube", "-k") { Description = "Looks at the cluster, with the files over it; without it, a cluster is looked at when no file is named." };
        var cluster = new ClusterOptions();
        var meshConfig = new Option<string?>("--mesh-config") { Description = "A MeshConfig (YAML)." };
        var meshNetworks = new Option<string?>("--mesh-networks") { Description = "MeshNetworks (YAML)." };
        var analyzers = new Option<string[]>("--analyzer") { Description = "Only this analyzer; repeatable." };
        var list = new Option<bool>("--list-analyzers", "-L") { Description = "Names the analyzers." };
        var suppress = new Option<string[]>("--suppress", "-S") { Description = "Leaves out findings: CODE=RESOURCE, with wildcards in the resource; repeatable." };
        var failure = Level("--failure-threshold", "The level from which findings make the command fail.", FindingLevel.Error);
        var outputLevel = Level("--output-threshold", "The level from which findings are shown.", FindingLevel.Info);
        var output = new Option<string?>("--output", "-o") { Description = "json or yaml; lines for people when missing." };
        output.AcceptOnlyFromAmong("json", "yaml", "log");
        var command = new Command("analyze", "Looks for mistakes in configuration. Exit code 0: nothing that counts, 1: findings that count, 2: wrong usage or unreadable file.")
        {
            arguments, files, ns, all, useKube, meshConfig, meshNetworks, analyzers, list, suppress, failure, outputLevel, output,
        };
        cluster.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (_, errors) =>
        {
            var options = Options(result);
            if (options.ListAnalyzers || !options.UseKube)
            {
                return Run(options, Console.Out, Console.Error);
            }

            using var client = cluster.Connect(result);
            var resources = await ClusterManifests.ReadAsync(client, options.Namespace, ct);
            foreach (var kind in resources.Unread)
            {
                await errors.WriteLineAsync($"warning: {kind}; findings that depend on them may be missing or wrong");
            }

            return Run(options with { Cluster = resources, DefaultNamespace = result.GetValue(ns) ?? client.Configuration.Namespace }, Console.Out, Console.Error);
        }, OfflineExit.Usage));
        return command;

        AnalyzeOptions Options(ParseResult result)
        {
            return new AnalyzeOptions
            {
                Files = [.. result.GetValue(arguments) ?? [], .. result.GetValue(files) ?? []],
                Namespace = result.GetValue(all) ? null : result.GetValue(ns),
                DefaultNamespace = result.GetValue(ns) ?? "default",
                UseKube = result.GetValue(useKube) ?? (result.GetValue(arguments) ?? []).Concat(result.GetValue(files) ?? []).FirstOrDefault() is null,
                MeshConfig = result.GetValue(meshConfig),
                MeshNetworks = result.GetValue(meshNetworks),
                Analyzers = result.GetValue(analyzers) ?? [],
                ListAnalyzers = result.GetValue(list),
                Suppress = result.GetValue(suppress) ?? [],
                FailureThreshold = Enum.Parse<FindingLevel>(result.GetValue(failure)!, ignoreCase: true),
                OutputThreshold = Enum.Parse<FindingLevel>(result.GetValue(outputLevel)!, ignoreCase: true),
                Json = result.GetValue(output) == "json",
                Yaml = result.GetValue(output) == "yaml",
            };
        }
    }

    /// <summary>Analyses.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="output">Takes the findings.</param>
    /// <param name="errors">Takes what went wrong.</param>
    /// <returns>The exit code.</returns>
    public static int Run(AnalyzeOptions options, TextWriter output, TextWriter errors)
    {
        if (options.ListAnalyzers)
        {
            List(options, output);
            return OfflineExit.Accepted;
        }

        if (options is { Cluster: null, Files.Count: 0 })
        {
            errors.WriteLine("error: name files with -f, or look at a cluster with --use-kube");
            return OfflineExit.Usage;
        }

        try
        {
            var read = new ManifestOptions { DefaultNamespace = options.DefaultNamespace, KeepInvalid = true };
            var input = new AnalysisInput(options.Cluster is null ? ManifestReader.ReadPaths(options.Files, read) : options.Cluster.Under(options.Files, read))
            {
                MeshConfig = options.MeshConfig is null ? MeshConfigFile.Empty : MeshConfigFile.Read(options.MeshConfig),
                MeshNetworks = options.MeshNetworks is null ? MeshConfigFile.Empty : MeshConfigFile.Read(options.MeshNetworks),
            };
            var suppressions = options.Suppress.Select(Suppression.Parse).ToList();
            var findings = MeshAnalysis.Run(input, options.Analyzers)
                .Where(f => options.Namespace is null || f.Resource is null || f.Resource.Namespace is "" || f.Resource.Namespace == options.Namespace)
                .Where(f => !suppressions.Any(s => s.Matches(f)))
                .ToList();
            Write(findings.Where(f => f.Level >= options.OutputThreshold).ToList(), options, output);
            return input.Manifests.Errors.Any(f => f.Code == FindingCodes.Unreadable) ? OfflineExit.Usage
                : findings.Any(f => f.Level >= options.FailureThreshold) ? OfflineExit.Refused
                : OfflineExit.Accepted;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {error.Message}");
            return OfflineExit.Usage;
        }
    }

    private static Option<string> Level(string name, string description, FindingLevel level)
    {
        var option = new Option<string>(name) { Description = $"{description} Info, Warning or Error.", DefaultValueFactory = _ => level.ToString() };
        option.AcceptOnlyFromAmong([.. Levels, .. Levels.Select(l => l.ToLowerInvariant())]);
        return option;
    }

    private static void List(AnalyzeOptions options, TextWriter output)
    {
        if (options.Json || options.Yaml)
        {
            WriteTree(options, output, new ManifestSequence([.. MeshAnalysis.Analyzers.Select(ManifestNode (a) => FindingJson.Map(
                ("analyzer", FindingJson.Text(a.Name)),
                ("description", FindingJson.Text(a.Description)),
                ("codes", new ManifestSequence([.. a.Codes.Select(ManifestScalar.String)]))))]));
            return;
        }

        foreach (var (name, description, _) in MeshAnalysis.Analyzers)
        {
            output.WriteLine($"* {name}: {description}");
        }
    }

    private static void Write(List<AnalysisFinding> findings, AnalyzeOptions options, TextWriter output)
    {
        if (options.Json || options.Yaml)
        {
            WriteTree(options, output, new ManifestSequence([.. findings.Select(ToJson)]));
            return;
        }

        foreach (var finding in findings)
        {
            output.WriteLine(finding);
        }

        if (findings.Count == 0)
        {
            output.WriteLine("nothing found");
        }
    }

    private static void WriteTree(AnalyzeOptions options, TextWriter output, ManifestSequence tree) => output.Write(options.Yaml ? ManifestWriter.ToYaml(tree) : ManifestWriter.ToJson(tree));

    private static ManifestNode ToJson(AnalysisFinding finding) => FindingJson.Map(
        ("code", FindingJson.Text(finding.Code)),
        ("level", FindingJson.Text(finding.Level.ToString())),
        ("analyzer", FindingJson.Text(finding.Analyzer)),
        ("resource", FindingJson.Resource(finding.Resource)),
        ("field", FindingJson.Text(finding.Field)),
        ("file", FindingJson.Text(finding.File)),
        ("line", ManifestScalar.Integer(finding.Line)),
        ("message", FindingJson.Text(finding.Message)),
        ("remedy", FindingJson.Text(finding.Remedy)));
}
