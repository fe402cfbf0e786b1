using System.CommandLine;
using NodeMesh.Local.Daemon;

namespace NodeMesh.Cli.Local;

/// <summary>The hidden command that <c>up</c> leaves behind.</summary>
internal static class DaemonCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "daemon";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var command = new Command(Name, "Runs a mesh; 'up' starts it.") { name };
        command.Hidden = true;
        command.SetAction(async (result, token) =>
        {
            await LocalDaemon.RunAsync(MeshOption.Layout(result, name), token);
            return 0;
        });
        return command;
    }
}
