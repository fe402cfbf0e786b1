using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Network;

/// <summary>Tells processes of this run from all others of the machine: by their network namespace, else by their control group.</summary>
internal sealed class RunProcesses
{
    private readonly HashSet<string> _namespaces;
    private readonly string[] _groups;

    private RunProcesses(HashSet<string> namespaces, string[] groups)
    {
        _namespaces = namespaces;
        _groups = groups;
    }

    /// <summary>Looks up the namespaces' numbers.</summary>
    /// <param name="namespaces">The namespaces of the run.</param>
    /// <param name="meshes">Names of the run's meshes: the daemon of one stays in the machine's own namespace.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<RunProcesses> FindAsync(IEnumerable<string> namespaces, IEnumerable<string> meshes, CancellationToken cancellation)
    {
        var inodes = await Command.RunAsync(
            ["stat", "--dereference", "--format=%i", .. namespaces.Select(name => $"/run/netns/{name}")], TimeSpan.FromSeconds(10), cancellation);
        return new RunProcesses(
            [.. inodes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(inode => $"net:[{inode}]")],
            [.. meshes.Select(mesh => $"/nodemesh/{mesh}/")]);
    }

    public bool Contains(int id)
    {
        if (id == Environment.ProcessId)
        {
            return true;
        }

        try
        {
            if (new FileInfo($"/proc/{id}/ns/net").LinkTarget is { } link && _namespaces.Contains(link))
            {
                return true;
            }

            var group = File.ReadAllText($"/proc/{id}/cgroup");
            return _groups.Any(name => group.Contains(name, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false; // it ended meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            return false; // a process of the system that not even root may look at
        }
    }
}
