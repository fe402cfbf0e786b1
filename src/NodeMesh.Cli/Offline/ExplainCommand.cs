using System.CommandLine;
using System.Text.Json;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Proxy;
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
        var mesh = new MeshOptions();
        var files = new Option<string[]>("--filename", "-f") { Description = "A manifest, or a directory of them; repeatable. Without any, the mesh that runs is asked.", AllowMultipleArgumentsPerToken = true };
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
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            try
            {
                var options = new ExplainOptions
                {
                    Files = result.GetValue(files) ?? [],
                    MeshConfig = result.GetValue(meshConfig),
                    Requests = (result.GetValue(requests), result.GetValue(to)) switch
                    {
                        ({ } file, null) => file == "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(file, ct),
                        (null, { } target) => QuickRequest.ToJson(
                            result.GetValue(from), target, result.GetValue(method), result.GetValue(path), result.GetValue(headers) ?? [], result.GetValue(protocol)),
                        _ => throw new FormatException("name either --requests FILE, or one request with --to HOST:PORT"),
                    },
                    Json = result.GetValue(output) == "json",
                };
                return options.Files.Count > 0 ? Run(options, stdout, stderr) : await AskAsync(await mesh.OpenAsync(result, ct), options, stdout, ct);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                await stderr.WriteLineAsync($"error: {e.Message}");
                return OfflineExit.Usage;
            }
        }, OfflineExit.Usage));
        return command;
    }

    /// <summary>Asks a mesh that runs.</summary>
    /// <param name="mesh">The mesh; disposed afterwards.</param>
    /// <param name="options">What and how.</param>
    /// <param name="output">Takes the answers.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">The requests cannot be read, or a mesh config is named.</exception>
    /// <exception cref="ProxyQueryException">The control plane does not answer.</exception>
    public static async Task<int> AskAsync(IMeshAccess mesh, ExplainOptions options, TextWriter output, CancellationToken ct)
    {
        using (mesh)
        {
            if (options.MeshConfig is not null)
            {
                throw new FormatException("--mesh-config goes with files (-f): a mesh that runs has its own");
            }

            var wanted = ExplainRequestReader.ReadBatch(options.Requests).Length;
            var part = new MeshPart(MeshPort.Control, mesh.ControlPlanes is [var first, ..] ? first : throw new ProxyQueryException($"{mesh.Title} has no control plane that could be asked"));
            var json = await mesh.AskAsync(part, MeshRequest.Post("/debug/explain", options.Requests), ct);
            await output.WriteAsync(options.Json ? json : await mesh.AskAsync(part, MeshRequest.Post("/debug/explain?format=text", options.Requests), ct));
            using var answers = JsonDocument.Parse(json);
            return answers.RootElement.GetArrayLength() == wanted && answers.RootElement.EnumerateArray().All(a => !a.TryGetProperty("error", out _)) ? OfflineExit.Accepted : OfflineExit.Refused;
        }
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
            throw new FormatException("name files with -f");
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
        var answer = ExplainBatch.Answer(explainer, requests, options.Json);
        output.Write(answer.Text);
        return answer.IsComplete ? OfflineExit.Accepted : OfflineExit.Refused;
    }
}
