using System.CommandLine.Invocation;
using NodeMesh.Cli;
using NodeMesh.Cli.Cluster;

// Where `su` keeps a user's search path, the tools of root are not on it.
Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin");
var result = NodeMeshCommand.Create().Parse(args);

// A wrong option gets its one line; the whole help only where no command was named at all.
if (result.Action is ParseErrorAction error)
{
    error.ShowHelp = result.CommandResult.Command.Subcommands.Count > 0;
}

var exitCode = await result.InvokeAsync();

// Scripts tell wrong usage from what a cluster refuses by the exit code.
return result.Action is ParseErrorAction ? ClusterCommand.Usage : exitCode;
