using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Output;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Proxy;

/// <summary><c>nodemesh proxy-status</c> and <c>nodemesh proxy-config</c>. Exit codes: 0 all is well, 1 a proxy is not ready or cannot be asked, 2 wrong usage.</summary>
internal static class ProxyCommands
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes <c>proxy-status</c>.</summary>
    public static Command CreateStatus()
    {
        var mesh = new MeshOptions(isOfMeshAlone: true);
        var output = StructuredOutput.Option();
        var command = new Command("proxy-status", "Says of each node's proxy whether it is ready, what it has from the control plane, and what it serves.") { output };
        command.Aliases.Add("ps");
        mesh.AddTo(command);
        command.SetAction((result, cancellationToken) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            using var found = await mesh.OpenAsync(result, cancellationToken);
            var (rows, controlError, troubles) = await ProxyStatusReport.CollectAsync(found, cancellationToken);
            if (!await StructuredOutput.TryWriteAsync(stdout, result.GetValue(output), rows))
            {
                await stdout.WriteAsync(ProxyStatusReport.Table(rows, result.GetValue(output) == "wide").ToString());
            }

            foreach (var note in ProxyStatusReport.Notes(rows).Concat(troubles).Concat(controlError is null ? [] : [controlError]))
            {
                await stderr.WriteLineAsync(note);
            }

            return controlError is null && rows.All(r => r is { Ready: true, Error: null }) ? 0 : 1;
        }));
        return command;
    }

    /// <summary>Makes <c>proxy-config</c>.</summary>
    public static Command CreateConfig()
    {
        var command = new Command("proxy-config", "Prints what a node's proxy has: workloads, services, policies, certificates, connections and more.");
        command.Aliases.Add("pc");
        foreach (var section in ConfigSections.All)
        {
            command.Add(CreateSection(section.Name, section.Property.ToLowerInvariant(), $"Prints {section.Property.ToLowerInvariant()}.", [section]));
        }

        command.Add(CreateSection("all", null, "Prints every section; with -o json the proxy's whole dump.", ConfigSections.All));
        return command;
    }

    private static Command CreateSection(string name, string? alias, string description, IReadOnlyList<ConfigSection> sections)
    {
        var node = new Argument<string>("NODE") { Description = "The node, such as node-1; or a pod, NAME.NAMESPACE, for the node that it is on." };
        var mesh = new MeshOptions();
        var output = StructuredOutput.Option();
        var ns = new Option<string>("--namespace", "-n") { Description = "Only what is of this namespace." };
        var named = new Option<string>("--name") { Description = "Only what has this in its name, host or identity." };
        var address = new Option<string>("--address") { Description = "Only what has an address that begins with this." };
        var command = new Command(name, description) { node, output, ns, named, address };
        mesh.AddTo(command);
        if (alias is not null)
        {
            command.Aliases.Add(alias);
        }

        command.SetAction((result, cancellationToken) => ClusterCommand.RunAsync(result, async (stdout, _) =>
        {
            using var found = await mesh.OpenAsync(result, cancellationToken);
            var dump = await found.AskProxyAsync(await NodeOfAsync(found, result.GetRequiredValue(node), cancellationToken), "/config_dump", cancellationToken);
            var filter = new ConfigFilter(result.GetValue(ns), result.GetValue(named), result.GetValue(address));
            await stdout.WriteAsync(result.GetValue(output) switch
            {
                "json" => RenderJson(dump, sections, filter),
                "yaml" => ManifestWriter.ToYaml(YamlTreeReader.Read(RenderJson(dump, sections, filter), 0)!),
                var format => RenderTables(dump, sections, filter, format == "wide"),
            });
            return 0;
        }));
        return command;
    }

    /// <summary>Finds a node by its name or by one of its pods. Nodes may have dots in their names too, and come first.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="text">What the user typed.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProxyQueryException">There is neither.</exception>
    internal static async Task<string> NodeOfAsync(IMeshAccess mesh, string text, CancellationToken ct)
    {
        var dot = text.LastIndexOf('.');
        if (dot <= 0 || mesh.Nodes.Contains(text))
        {
            return mesh.RequireNode(text);
        }

        foreach (var asked in mesh.Nodes)
        {
            try
            {
                // Every proxy knows the pods of all nodes.
                var dump = await mesh.AskProxyAsync(asked, "/config_dump", ct);
                var pod = dump.Items("workloads").FirstOrDefault(w => w.Text("namespace") == text[(dot + 1)..] && w.Text("name") == text[..dot]);
                return mesh.RequireNode(pod.Text("node") is { Length: > 0 } node ? node : text);
            }
            catch (ProxyQueryException) when (asked != mesh.Nodes[^1])
            {
                // The next one may answer.
            }
        }

        return mesh.RequireNode(text);
    }

    /// <summary>Renders sections as tables, each under its name when there are several.</summary>
    /// <param name="dump">The dump.</param>
    /// <param name="sections">The sections.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="wide">With the columns for which there is not always room.</param>
    internal static string RenderTables(JsonElement dump, IReadOnlyList<ConfigSection> sections, ConfigFilter filter, bool wide = false) =>
        sections.Count == 1
            ? sections[0].Table(dump, filter, wide).ToString()
            : string.Join('\n', sections.Select(s => $"{s.Property}:\n{s.Table(dump, filter, wide)}"));

    /// <summary>Renders one section as an array, several as the dump itself, its sections filtered.</summary>
    /// <param name="dump">The dump.</param>
    /// <param name="sections">The sections.</param>
    /// <param name="filter">Which entries.</param>
    internal static string RenderJson(JsonElement dump, IReadOnlyList<ConfigSection> sections, ConfigFilter filter)
    {
        if (sections.Count == 1)
        {
            return JsonSerializer.Serialize(sections[0].Select(dump, filter), Json) + "\n";
        }

        var whole = dump.EnumerateObject().ToDictionary(
            p => p.Name,
            p => sections.FirstOrDefault(s => s.Property == p.Name) is { } section ? JsonSerializer.SerializeToElement(section.Select(dump, filter)) : p.Value,
            StringComparer.Ordinal);
        return JsonSerializer.Serialize(whole, Json) + "\n";
    }
}
