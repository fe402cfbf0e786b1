using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Processes;

namespace NodeMesh.Linux.Cgroups;

/// <summary>A cgroup v2 group: every process in it, and every child of theirs, can be ended at once, whoever started them.</summary>
public sealed class Cgroup
{
    private const int SignalKill = 9;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    internal Cgroup(string path) => Path = path;

    /// <summary>The group's directory.</summary>
    public string Path { get; }

    /// <summary>True while the group is there.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>Moves a process into the group.</summary>
    /// <param name="pid">The process id.</param>
    /// <exception cref="IOException">The process or the group is gone, or it may not be moved.</exception>
    public void Add(int pid) => Write("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>The processes in the group itself and in the groups below it.</summary>
    /// <returns>Process ids; empty when the group is gone.</returns>
    public IReadOnlyList<int> GetProcesses()
    {
        var processes = new List<int>();
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path, "cgroup.procs", SearchOption.AllDirectories))
            {
                processes.AddRange(File.ReadLines(file).Select(l => int.Parse(l, CultureInfo.InvariantCulture)));
            }
        }
        catch (IOException)
        {
            // Removed meanwhile.
        }

        return processes;
    }

    /// <summary>Opens the group's directory, to attach BPF programs to it.</summary>
    /// <returns>The handle, which the caller disposes.</returns>
    /// <exception cref="IOException">The group is gone.</exception>
    public SafeFileHandle OpenDirectory() => CgroupHierarchy.OpenDirectory(Path);

    /// <summary>Kills everything in the group and below, and waits until it is gone.</summary>
    /// <param name="time">The clock between looks.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>When the group is empty.</returns>
    /// <exception cref="IOException">The group cannot be written.</exception>
    public async Task KillAsync(TimeProvider time, CancellationToken ct)
    {
        while (Exists && IsPopulated())
        {
            KillOnce();
            await Task.Delay(PollInterval, time, ct);
        }
    }

    /// <summary>Kills everything in the group and removes it with the groups below; one that is gone already is no error.</summary>
    /// <param name="time">The clock between looks.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>When it is gone.</returns>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public async Task RemoveAsync(TimeProvider time, CancellationToken ct)
    {
        await KillAsync(time, ct);
        if (!Exists)
        {
            return;
        }

        // Deepest first; only the directories, since a group's files cannot be removed and need not be.
        foreach (var directory in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories).OrderByDescending(d => d.Length).Append(Path))
        {
            Directory.Delete(directory);
        }
    }

    private void KillOnce()
    {
        if (File.Exists(System.IO.Path.Combine(Path, "cgroup.kill")))
        {
            Write("cgroup.kill", "1");
            return;
        }

        // Before Linux 5.14.
        foreach (var process in GetProcesses().Select(ProcessIdentity.Read).OfType<ProcessIdentity>())
        {
            process.Signal(SignalKill);
        }
    }

    private bool IsPopulated()
    {
        try
        {
            return File.ReadLines(System.IO.Path.Combine(Path, "cgroup.events")).Contains("populated 1");
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>One write call for the whole text, as the kernel's files ask.</summary>
    private void Write(string file, string text)
    {
        using var stream = new FileStream(System.IO.Path.Combine(Path, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
