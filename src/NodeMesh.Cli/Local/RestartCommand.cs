using System.CommandLine;
using NodeMesh.Local.Client;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local restart</c>.</summary>
internal static class RestartCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var component = new Argument<string>("component") { Description = "node-1-proxy, control-plane, …" };
        var command = new Command("restart", "Restarts a process of the mesh: a node's proxy, or the control plane.") { component, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            using var client = new LocalClient(MeshOption.Layout(result, name));
            ApplyCommand.Write([await client.RestartAsync(result.GetValue(component)!, token)]);
            return 0;
        }));
        return command;
    }
}
