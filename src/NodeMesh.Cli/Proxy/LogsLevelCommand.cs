using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Output;

namespace NodeMesh.Cli.Proxy;

/// <summary><c>nodemesh logs-level</c>: shows and sets what proxies log, without a restart.</summary>
internal static class LogsLevelCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var node = new Argument<string>("NODE") { Description = "The node, or all." };
        var level = new Option<string[]>("--level") { Description = "trace, debug, info, warn, error or off; or CATEGORY:LEVEL, such as NodeMesh.Tunnel:debug; repeatable." };
        var reset = new Option<bool>("--reset", "-r") { Description = "Back to the levels of the start." };
        var mesh = new MeshOptions();
        var command = new Command("logs-level", "Shows or sets the log levels of a node's proxy.") { node, level, reset };
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (output, _) =>
        {
            using var found = await mesh.OpenAsync(result, ct);
            var asked = result.GetRequiredValue(node);
            var nodes = asked == "all" ? found.Nodes : [found.RequireNode(asked)];
            var query = Query(result.GetValue(level) ?? [], result.GetValue(reset));
            var table = new TextTable("NODE", "CATEGORY", "LEVEL");
            foreach (var one in nodes)
            {
                var levels = query.Length == 0 ? await found.AskProxyAsync(one, "/logging", ct) : await found.TellProxyAsync(one, $"/logging?{query}", ct);
                foreach (var entry in levels.EnumerateObject())
                {
                    table.Add(one, entry.Name == "level" ? "*" : entry.Name, entry.Value.GetString() ?? "");
                }
            }

            await output.WriteAsync(table.ToString());
            return 0;
        }));
        return command;
    }

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
