using System.Collections;
using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Tools;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local exec</c>.</summary>
internal static class ExecCommand
{
    private const string Enter = "/usr/bin/nsenter";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var container = new Option<string?>("--container", "-c") { Description = "The container; the pod's first where none is named." };
        var interactive = new Option<bool>("--stdin", "-i") { Description = "Accepted for kubectl's sake: standard input is always the command's." };
        var terminal = new Option<bool>("--tty", "-t") { Description = "Accepted for kubectl's sake: the terminal is always the command's." };
        var target = new Argument<string>("pod") { Description = "POD, deploy/NAME, …" };
        var words = new Argument<string[]>("command") { Description = "-- COMMAND [ARGUMENT]...", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Runs a command in a pod; its streams and its exit code are the command's.") { target, words, container, interactive, terminal, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            var layout = MeshOption.Layout(result, name);
            using var client = new LocalClient(layout);
            var pod = await new PodFinder(client).FindAsync(result.GetValue(target)!, result.GetValue(ns)!, token);
            var chosen = PodFinder.Container(pod, result.GetValue(container));
            var handle = ContainerHandle.Read(new PodPaths(layout, pod.TextAt("metadata", "uid")).Handle(chosen))
                ?? throw new LocalApiException($"container {chosen} of pod {pod.TextAt("metadata", "name")} does not run");
            return Become(handle, result.GetValue(words)!);
        }));
        return command;
    }

    // This process turns into the command: nothing is left that could change its streams, its signals or its exit code.
    private static int Become(ContainerHandle handle, string[] words)
    {
        handle.Join(Environment.ProcessId);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}").ToList();
        var term = Environment.GetEnvironmentVariable("TERM");
        var entered = handle with { Environment = term is null ? handle.Environment : handle.Environment.SetItem("TERM", term) };
        var error = NativeProcess.Replace(Enter, [Enter, .. entered.EnterArguments(words)], environment);
        return CommandErrors.Say([$"cannot run {Enter}: error {error}"]);
    }
}
