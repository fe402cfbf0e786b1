using System.CommandLine;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Offline;

/// <summary><c>nodemesh explain</c>: what the mesh would do with a request or connection, and why.</summary>
internal static class ExplainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "A manifest, or a directory of them; repeatable.", AllowMultipleArgumentsPerToken = true };
        var meshConfig = new Option<string?>("--mesh-config") { Description = "A MeshConfig (YAML)." };
        var requests = new Option<string?>("--requests") { Description = "A file with a JSON array of requests, or - for standard input." };
        var from = new Option<string?>("--from") { Description = "The client of one request: POD.NAMESPACE, deploy/NAME.NAMESPACE, or sa/NAME.NAMESPACE; outside the mesh when missing." };
        var to = new Option<string?>("--to") { Description = "What it connects to: HOST:PORT." };
        var method = new Option<string?>("--method") { Description = "Its method." };
        var path = new Option<string?>("--path") { Description = "Its path, with the query string." };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header, NAME: VALUE; repeatable." };
        var protocol = new Option<string?>("--protocol") { Description = "http, https, http2, grpc, tls or tcp." };
        var output = new Option<string?>("--output", "-o") { Description = "json." };
        output.AcceptOnlyFromAmong("json");
        var command = new Command("explain", "Says what the mesh would do with a request or connection, and why. Exit code 0: all answered, 1: not all, 2: wrong usage or unreadable file.")
        {
            files, meshConfig, requests, from, to, method, path, headers, protocol, output,
        };
        command.SetAction(result => Guard(Console.Error, () => Run(
            new ExplainOptions
            {
                Files = result.GetValue(files) ?? [],
                MeshConfig = result.GetValue(meshConfig),
                Requests = (result.GetValue(requests), result.GetValue(to)) switch
                {
                    ({ } file, null) => file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file),
                    (null, { } target) => QuickRequest.ToJson(
                        result.GetValue(from), target, result.GetValue(method), result.GetValue(path), result.GetValue(headers) ?? [], result.GetValue(protocol)),
                    _ => throw new FormatException("name either --requests FILE, or one request with --to HOST:PORT"),
                },
                Json = result.GetValue(output) == "json",
            },
            Console.Out, Console.Error)));
        return command;
    }

    /// <summary>Answers.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="output">Takes the answers.</param>
    /// <param name="errors">Takes what is wrong with the files.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">The requests or the mesh config cannot be read.</exception>
    public static int Run(ExplainOptions options, TextWriter output, TextWriter errors)
    {
        if (options.Files.Count == 0)
        {
            throw new FormatException("a running mesh is not asked yet; name files with -f");
        }

        var requests = ExplainRequestReader.ReadBatch(options.Requests);
        var config = options.MeshConfig is null ? MeshConfigFile.Empty : MeshConfigFile.Read(options.MeshConfig);
        var set = ManifestReader.ReadPaths(options.Files, new ManifestOptions { KeepInvalid = true });
        foreach (var finding in set.Errors)
        {
            errors.WriteLine(finding);
        }

        if (set.Errors.Any(f => f.Code is FindingCodes.Unreadable or FindingCodes.Malformed))
        {
            return OfflineExit.Usage;
        }

        // A policy with a field that nobody knows means the rest of what it says; one with a wrong value means nothing that could be told.
        var broken = set.Errors.Where(f => f.Code != FindingCodes.UnknownField && f.Resource is not null).Select(f => f.Resource!).ToHashSet();
        var explainer = new MeshExplainer(config.Settings, config.RegistryOnly, [.. set.Documents.Where(d => !broken.Contains(d.Origin))], broken);
        var answers = requests.Select(request => Answer(explainer, request)).ToList();
        output.Write(options.Json
            ? ManifestWriter.ToJson(new ManifestSequence([.. answers.Select(ExplanationJson.Of)]))
            : string.Concat(answers.Select(ExplanationText.Of)));
        return answers.All(a => a.Answer is not null) ? OfflineExit.Accepted : OfflineExit.Refused;
    }

    private static int Guard(TextWriter errors, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {error.Message}");
            return OfflineExit.Usage;
        }
    }

    private static ExplainOutcome Answer(MeshExplainer explainer, ManifestNode request)
    {
        var id = ExplainRequestReader.IdOf(request);
        try
        {
            return new ExplainOutcome(id, explainer.Explain(ExplainRequestReader.Read(request)), null);
        }
        catch (ExplainException error)
        {
            return new ExplainOutcome(id, null, error.Message);
        }
    }
}
