using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tap;

/// <summary><c>nodemesh tap</c>: connections and requests as they come.</summary>
internal static class TapCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string?>("TARGET") { Description = "pod/NAME, deploy/NAME, sts/NAME, ds/NAME, job/NAME or ns/NAME, a name also as NAME.NAMESPACE; everything when missing.", Arity = ArgumentArity.ZeroOrOne };
        var ns = new Option<string?>("--namespace", "-n") { Description = "The target's namespace, the context's when missing; without a target, everything in it." };
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Everything, which is what happens without target and -n too." };
        var direction = new Option<string?>("--direction") { Description = "inbound or outbound, as the target sees it." };
        direction.AcceptOnlyFromAmong("inbound", "outbound");
        var peer = new Option<string?>("--peer") { Description = "The other end: a namespace, NAME or NAME.NAMESPACE of a pod, workload or service, a host, or the beginning of an address." };
        var path = new Option<string?>("--path") { Description = "Requests whose path begins so." };
        var method = new Option<string?>("--method") { Description = "Requests with this method." };
        var status = new Option<string?>("--status") { Description = "Requests with this status: 503, or 5xx." };
        var failed = new Option<bool>("--failed") { Description = "Only what failed: refused or broken connections, requests with status 5xx, without an answer, or with a gRPC error." };
        var max = new Option<int>("--max-events", "-m") { Description = "Ends after so many; 0: never.", DefaultValueFactory = _ => 0 };
        var output = new Option<string>("--output", "-o") { Description = "text, or json: one object a line.", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var mesh = new MeshOptions();
        var command = new Command("tap", "Shows connections and requests of a pod, a workload, a namespace or the mesh as they come.") { target, ns, all, direction, peer, path, method, status, failed, max, output };
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            var inside = result.GetValue(all) ? null : result.GetValue(ns);
            try
            {
                // What is wrong with the command line is said before anybody is asked.
                TapTarget.Parse(result.GetValue(target), inside);
            }
            catch (FormatException e)
            {
                await stderr.WriteLineAsync($"error: {e.Message}");
                return ClusterCommand.Usage;
            }

            using var found = await mesh.OpenAsync(result, ct);
            var tapped = TapTarget.Parse(result.GetValue(target), inside, found.DefaultNamespace);
            var query = Query(
                ("namespace", tapped.Namespace), ("pod", tapped.Pod), ("workload", tapped.Workload), ("direction", result.GetValue(direction)), ("peer", result.GetValue(peer)),
                ("path", result.GetValue(path)), ("method", result.GetValue(method)), ("status", result.GetValue(status)), ("failed", result.GetValue(failed) ? "true" : null));
            return await new TapSession(found, stdout, stderr, result.GetValue(output) == "json").RunAsync(query, result.GetValue(max), ct);
        }));
        return command;
    }

    private static string Query(params ReadOnlySpan<(string Key, string? Value)> filters)
    {
        var parts = new List<string>();
        foreach (var (key, value) in filters)
        {
            if (value is not null)
            {
                parts.Add($"{key}={Uri.EscapeDataString(value)}");
            }
        }

        return parts.Count == 0 ? "/tap" : $"/tap?{string.Join('&', parts)}";
    }
}
