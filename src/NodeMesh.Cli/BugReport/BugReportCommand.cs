using System.CommandLine;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.BugReport;

/// <summary><c>nodemesh bug-report</c>: one archive of all that somebody needs who looks for a fault from afar.</summary>
internal static class BugReportCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = new Option<string?>("--file") { Description = "The archive; nodemesh-bug-report-TIME.tar.gz in this directory when missing." };
        var lines = new Option<long>("--log-lines") { Description = "Lines of each log, from its end.", DefaultValueFactory = _ => 10_000 };
        var dryRun = new Option<bool>("--dry-run") { Description = "Lists what would be collected, and collects nothing." };
        var mesh = new MeshOptions(isOfMeshAlone: true);
        var command = new Command("bug-report", "Collects versions, configuration, logs, resources and events in a tar.gz. Secrets are not read; keys, tokens and passwords elsewhere are taken out.") { file, lines, dryRun };
        mesh.AddTo(command);
        command.SetAction((result, ct) => ClusterCommand.RunAsync(result, async (stdout, stderr) =>
        {
            using var found = await mesh.OpenAsync(result, ct);
            var entries = await new ReportContents(found, (int)Math.Clamp(result.GetValue(lines), 1, int.MaxValue)).ListAsync(ct);
            if (result.GetValue(dryRun))
            {
                foreach (var entry in entries)
                {
                    await stdout.WriteLineAsync($"{entry.Path}: {entry.What}");
                }

                return 0;
            }

            var time = TimeProvider.System;
            var path = result.GetValue(file) ?? $"nodemesh-bug-report-{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}.tar.gz";
            IReadOnlyList<string> errors;
            await using (var output = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                errors = await new ReportArchive(time).WriteAsync(entries, output, ct);
            }

            foreach (var error in errors)
            {
                await stderr.WriteLineAsync($"not collected: {error}");
            }

            await stdout.WriteLineAsync($"{path}: {entries.Count - errors.Count} files of {found.Title}; look through it before you pass it on");
            return 0;
        }));
        return command;
    }
}
