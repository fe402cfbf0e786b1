using System.Globalization;

namespace NodeMesh.Local.Tools;

/// <summary>A group of processes (cgroup v2): all that start in it can be ended for certain, also those whose parents died.</summary>
/// <param name="path">Its directory.</param>
internal sealed class ControlGroup(string path)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Its directory.</summary>
    public string Path => path;

    /// <summary>The file that a process writes its id to in order to join.</summary>
    public string JoinFile => System.IO.Path.Combine(path, "cgroup.procs");

    /// <summary>True when it is there.</summary>
    public bool Exists => Directory.Exists(path);

    /// <summary>Where the machine has mounted cgroup v2: <c>/sys/fs/cgroup</c>, or beside version 1 somewhere below it.</summary>
    /// <returns>The mount point, or null when there is none.</returns>
    public static string? FindMount()
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator > 4 && fields[separator + 1] == "cgroup2")
            {
                return fields[4];
            }
        }

        return null;
    }

    /// <summary>A group below this one.</summary>
    /// <param name="name">Its name.</param>
    public ControlGroup Child(string name) => new(System.IO.Path.Combine(path, name));

    /// <summary>Makes it, and those above.</summary>
    public void Create() => Directory.CreateDirectory(path);

    /// <summary>The ids of the processes in it and below it.</summary>
    public IReadOnlyList<int> Processes()
    {
        var ids = new List<int>();
        if (!Exists)
        {
            return ids;
        }

        foreach (var directory in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Prepend(path))
        {
            try
            {
                ids.AddRange(File.ReadLines(System.IO.Path.Combine(directory, "cgroup.procs")).Select(l => int.Parse(l, CultureInfo.InvariantCulture)));
            }
            catch (IOException)
            {
                // The group went away between listing and reading: then it has no process.
            }
        }

        return ids;
    }

    /// <summary>True when a process is in it or below it.</summary>
    /// <param name="processId">The process.</param>
    public bool Contains(int processId) => Processes().Contains(processId);

    /// <summary>Kills every process in it and below it at once; a process cannot escape by forking (cgroup.kill).</summary>
    public void Kill()
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, "cgroup.kill"), "1");
        }
        catch (IOException) when (!Exists)
        {
            // Nothing is there to be killed.
        }
    }

    /// <summary>Kills all in it, waits until they are gone, and removes it with all groups below it.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task RemoveAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Exists)
        {
            return;
        }

        Kill();
        while (Processes().Count > 0)
        {
            await Task.Delay(Poll, time, cancellationToken);
        }

        foreach (var directory in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).OrderByDescending(d => d.Length).Append(path))
        {
            await RemoveOneAsync(directory, time, cancellationToken);
        }
    }

    private static async Task RemoveOneAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        // A killed process leaves cgroup.procs before the kernel lets go of its group: rmdir answers EBUSY for a moment.
        for (var attempt = 0; Directory.Exists(directory); attempt++)
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException) when (attempt < 500)
            {
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
    }
}
