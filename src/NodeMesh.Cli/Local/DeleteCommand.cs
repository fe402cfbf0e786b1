using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Daemon;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local delete</c>.</summary>
internal static class DeleteCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var files = new Option<string[]>("--filename", "-f") { Description = "Manifests of what is to be deleted; repeatable.", AllowMultipleArgumentsPerToken = true };
        var objects = new Argument<string[]>("object") { Description = "KIND NAME..., or KIND/NAME...", Arity = ArgumentArity.ZeroOrMore };
        var grace = new Option<int?>("--grace-period") { Description = "Seconds that pods may take; 0 kills at once." };
        WholeNumber.Require(grace, 0);
        var ignore = new Option<bool>("--ignore-not-found") { Description = "What is not there is no error." };
        var command = new Command("delete", "Deletes objects and waits until their pods are gone.") { objects, files, grace, ignore, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            if (Named(result.GetValue(files) ?? [], result.GetValue(objects) ?? [], result.GetValue(ns)!) is not { } named)
            {
                return CommandErrors.Failed;
            }

            using var client = new LocalClient(MeshOption.Layout(result, name));
            var outcomes = await client.DeleteAsync(named, result.GetValue(grace), token);
            ApplyCommand.Write(outcomes.Where(o => o.Outcome == "deleted"));
            var missing = outcomes.Where(o => o.Outcome != "deleted").Select(o => $"{o.Object} is not there{(o.Namespace.Length > 0 ? $" in namespace {o.Namespace}" : "")}").ToList();
            return missing.Count == 0 || result.GetValue(ignore) ? 0 : CommandErrors.Say(missing);
        }));
        return command;
    }

    private static List<ObjectName>? Named(string[] files, string[] words, string ns)
    {
        var named = new List<ObjectName>();
        if (files.Length > 0)
        {
            if (CommandErrors.Read(files, ns) is not { } set)
            {
                return null;
            }

            // What was applied last stands on what was applied first.
            named.AddRange(set.Documents.Reverse().Select(d => new ObjectName(d.ApiVersion, d.Kind.Kind, d.Namespace, d.Name)));
        }

        if (words.Length > 0)
        {
            foreach (var (kind, name) in KindArgument.Parse(words))
            {
                named.Add(new ObjectName(kind.ApiVersion, kind.Kind, kind.Namespaced ? ns : "", name ?? throw new FormatException("say which: KIND NAME, or KIND/NAME")));
            }
        }

        return named.Count > 0 ? named : throw new FormatException("say what is to be deleted: -f FILE, KIND NAME, or KIND/NAME");
    }
}
