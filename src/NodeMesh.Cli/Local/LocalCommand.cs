using System.CommandLine;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local</c>: a whole mesh on this machine.</summary>
internal static class LocalCommand
{
    /// <summary>Makes the command with all that is below it.</summary>
    public static Command Create() => new("local", "A whole mesh on this machine: nodes and pods as network namespaces, driven by Kubernetes manifests.")
    {
        UpCommand.Create(),
        DownCommand.Create(),
        StatusCommand.Create(),
        ApplyCommand.Create(),
        DeleteCommand.Create(),
        GetCommand.Create(),
        ScaleCommand.Create(),
        RestartCommand.Create(),
        ExecCommand.Create(),
        LogsCommand.Create(),
        DaemonCommand.Create(),
    };
}
