using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Daemon;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local scale</c>.</summary>
internal static class ScaleCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var target = new Argument<string[]>("object") { Description = "deploy/NAME, or statefulset/NAME.", Arity = ArgumentArity.OneOrMore };
        var replicas = new Option<int>("--replicas") { Description = "How many pods.", Required = true };
        WholeNumber.Require(replicas, 0);
        var command = new Command("scale", "Changes how many pods a Deployment or StatefulSet has.") { target, replicas, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            using var client = new LocalClient(MeshOption.Layout(result, name));
            foreach (var (kind, found) in KindArgument.Parse(result.GetValue(target)!))
            {
                var request = new ObjectName(kind.ApiVersion, kind.Kind, result.GetValue(ns)!, found ?? throw new FormatException("say which: deploy/NAME"));
                ApplyCommand.Write([await client.ScaleAsync(new ScaleRequest(request, result.GetValue(replicas)), token)]);
            }

            return 0;
        }));
        return command;
    }
}
