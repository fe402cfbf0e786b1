using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Output;

namespace NodeMesh.Cli.Proxy;

/// <summary><c>nodemesh logs-level</c>: shows and sets what proxies and control plane log, without a restart.</summary>
internal static class LogsLevelCommand
{
    private const string Control = "control";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string>("TARGET") { Description = "A node, for its proxy; 'control', for the control plane; or 'all'." };
        var level = new Option<string[]>("--level") { Description = "trace, debug, info, warn, error or off; or CATEGORY:LEVEL, such as NodeMesh.Tunnel:debug; repeatable." };
        var reset = new Option<bool>("--reset", "-r") { Description = "Back to the levels of the start." };
        var output = StructuredOutput.Option();
        var mesh = new MeshOptions(isOfMeshAlone: true);
        var command = new Command("logs-level", "Shows or sets the log levels of a node's proxy or the control plane. A restart forgets what was set.") { target, level, reset, output };
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, _) =>
        {
            using var found = await mesh.OpenAsync(result, ct);
            var query = Query(result.GetValue(level) ?? [], result.GetValue(reset));
            var rows = new List<LogLevelRow>();
            foreach (var part in Parts(found, result.GetRequiredValue(target)))
            {
                var levels = await found.AskJsonAsync(part, query.Length == 0 ? MeshRequest.Get("/logging") : MeshRequest.Post($"/logging?{query}"), ct);
                rows.AddRange(levels.EnumerateObject().Select(l => new LogLevelRow(part.Name, l.Name == "level" ? "*" : l.Name, l.Value.GetString() ?? "")));
            }

            if (!await StructuredOutput.TryWriteAsync(stdout, result.GetValue(output), rows))
            {
                TextTable.Write(stdout, ["TARGET", "CATEGORY", "LEVEL"], rows.Select(r => (IReadOnlyList<string>)[r.Target, r.Category, r.Level]));
            }

            return 0;
        }));
        return command;
    }

    private static IEnumerable<MeshPart> Parts(IMeshAccess mesh, string target) => target switch
    {
        "all" => [.. mesh.Nodes.Select(n => new MeshPart(MeshPort.Admin, n)), .. mesh.ControlPlanes.Select(c => new MeshPart(MeshPort.Control, c))],
        Control => mesh.ControlPlanes.Count > 0 ? mesh.ControlPlanes.Select(c => new MeshPart(MeshPort.Control, c)) : throw new ProxyQueryException($"{mesh.Title} has no control plane"),
        _ when mesh.ControlPlanes.Contains(target) => [new MeshPart(MeshPort.Control, target)],
        _ => [new MeshPart(MeshPort.Admin, mesh.RequireNode(target))],
    };

    private static string Query(string[] levels, bool reset)
    {
        List<string> parts = reset ? ["reset"] : [];
        foreach (var level in levels.SelectMany(l => l.Split(',')))
        {
            var colon = level.LastIndexOf(':');
            parts.Add(colon < 0
                ? $"level={Uri.EscapeDataString(level)}"
                : $"{Uri.EscapeDataString(level[..colon])}={Uri.EscapeDataString(level[(colon + 1)..])}");
        }

        return string.Join('&', parts);
    }
}
