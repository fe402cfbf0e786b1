using System.CommandLine.Invocation;
using NodeMesh.Cli;

// Where `su` keeps a user's search path, the tools of root are not on it.
Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin");
var result = NodeMeshCommand.Create().Parse(args);

// A wrong option gets its one line; the whole help only where no command was named at all.
if (result.Action is ParseErrorAction error)
{
    error.ShowHelp = result.CommandResult.Command.Subcommands.Count > 0;
}

return await result.InvokeAsync();
