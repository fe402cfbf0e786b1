using System.CommandLine;
using NodeMesh.Local.Client;
using NodeMesh.Local.Pods;

namespace NodeMesh.Cli.Local;

/// <summary><c>nodemesh local logs</c>.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = MeshOption.Create();
        var ns = NamespaceOption.Create();
        var container = new Option<string?>("--container", "-c") { Description = "The container; the pod's first where none is named." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on until the pod is gone." };
        var previous = new Option<bool>("--previous", "-p") { Description = "Those of the run before the last restart." };
        var tail = new Option<int?>("--tail") { Description = "Only so many lines of the end." };
        WholeNumber.Require(tail, 0);
        var target = new Argument<string>("pod") { Description = "POD, deploy/NAME, …" };
        var command = new Command("logs", "Prints what a pod's program wrote.") { target, container, follow, previous, tail, ns, name };
        command.SetAction((result, token) => CommandErrors.CatchAsync(async () =>
        {
            var layout = MeshOption.Layout(result, name);
            using var client = new LocalClient(layout);
            var pod = await new PodFinder(client).FindAsync(result.GetValue(target)!, result.GetValue(ns)!, token);
            var chosen = PodFinder.Container(pod, result.GetValue(container));
            var paths = new PodPaths(layout, pod.TextAt("metadata", "uid"));
            var path = result.GetValue(previous) ? paths.PreviousLog(chosen) : paths.Log(chosen);
            if (!File.Exists(path) && !result.GetValue(follow))
            {
                throw new LocalApiException($"container {chosen} of pod {pod.TextAt("metadata", "name")} has not {(result.GetValue(previous) ? "been restarted" : "started")}");
            }

            await CopyAsync(path, paths.Root, result.GetValue(tail), result.GetValue(follow), token);
            return 0;
        }));
        return command;
    }

    private static async Task CopyAsync(string path, string pod, int? tail, bool follow, CancellationToken cancellationToken)
    {
        using var output = Console.OpenStandardOutput();
        while (follow && !File.Exists(path) && Directory.Exists(pod))
        {
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        while (true)
        {
            await using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = tail is { } lines ? TailStart(log, lines) : 0;
            await log.CopyToAsync(output, cancellationToken);
            while (follow && IsCurrent(log, path))
            {
                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
                await log.CopyToAsync(output, cancellationToken);
            }

            if (!follow || !File.Exists(path))
            {
                return;
            }

            tail = null;
        }
    }

    // A restart moves the log away and begins another, which is shorter or another file at least in its time of making.
    private static bool IsCurrent(FileStream log, string path) => File.Exists(path) && new FileInfo(path).Length >= log.Position;

    private static long TailStart(FileStream log, int lines)
    {
        var position = log.Length;
        for (var left = lines; position > 0; position--)
        {
            log.Position = position - 1;
            if (log.ReadByte() == '\n' && position != log.Length && --left == 0)
            {
                return position;
            }
        }

        return position;
    }
}
