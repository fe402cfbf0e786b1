using System.Globalization;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Network;

/// <summary>
/// What a killed run could not remove. Names carry the run's process id: namespaces and meshes of runs that live are left alone.
/// Temporary directories are named likewise.
/// </summary>
internal static class Leftovers
{
    private const string Prefix = "nmb";

    /// <summary>Not /tmp: pods of a local mesh have a /tmp of their own and read their server's configuration from here.</summary>
    private const string RunDirectories = "/var/tmp";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What this run's namespaces, meshes and directories begin with.</summary>
    public static string NameOfThisRun => Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where this run keeps its files.</summary>
    public static string DirectoryOfThisRun => Path.Combine(RunDirectories, NameOfThisRun);

    public static async Task RemoveAsync(string nodemesh, CancellationToken cancellation)
    {
        foreach (var mesh in Entries("/run/nodemesh"))
        {
            await Command.RunAsync([nodemesh, "local", "down", "--name", mesh], Limit, cancellation);
        }

        foreach (var name in Entries("/run/netns"))
        {
            var processes = await Command.RunAsync(["ip", "netns", "pids", name], Limit, cancellation);
            var ids = processes.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length > 0)
            {
                await Command.RunAsync(["kill", "-KILL", .. ids], Limit, cancellation);
            }

            await Command.RunAsync(["ip", "netns", "delete", name], Limit, cancellation);
        }

        foreach (var directory in Entries(RunDirectories))
        {
            Directory.Delete(Path.Combine(RunDirectories, directory), recursive: true);
        }
    }

    /// <summary>The id of the process that made a name, or null when the name is none of ours.</summary>
    internal static int? OwnerOf(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var digits = name.AsSpan(Prefix.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private static List<string> Entries(string directory) =>
        !Directory.Exists(directory)
            ? []
            : [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Where(name => OwnerOf(name) is { } id && !Lives(id))];

    private static bool Lives(int id)
    {
        try
        {
            return id == Environment.ProcessId || File.ReadAllText($"/proc/{id}/cmdline").Contains("NodeMesh.Compare", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
