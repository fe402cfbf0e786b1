using System.CommandLine;
using System.Text.Json;
using NodeMesh.Local.Client;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local status</c>.</summary>
internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var output = new Option<string?>("--output", "-o") { Description = "json for JSON." };
        output.AcceptOnlyFromAmong("json");
        var command = new Command("status", "Shows a mesh: nodes, proxies, control plane, pods. Exit code 1 while something is not ready.") { name, output };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            using var client = new LocalClient(MeshOption.Layout(result, name));
            var status = await client.StatusAsync(token);
            if (result.GetValue(output) == "json")
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(status, Json));
            }
            else
            {
                StatusTables.Write(Console.Out, status);
                foreach (var missing in status.Missing)
                {
                    Console.Error.WriteLine(missing);
                }
            }

            return status.Ready ? 0 : CommandErrors.Failed;
        }));
        return command;
    }
}
