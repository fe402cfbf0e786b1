using System.Globalization;

namespace NodeMesh.Agent.Namespaces;

/// <summary>The processes of the node's pods, as of one look into <c>/proc</c>.</summary>
internal sealed class PodProcesses
{
    // Fields of /proc/PID/stat are counted from 1, and the command (field 2) may hold spaces: what follows its closing bracket is counted from 3.
    private const int StartTimeField = 22 - 3;

    private readonly Dictionary<string, List<PodProcess>> _processes = new(StringComparer.Ordinal);

    private PodProcesses()
    {
    }

    /// <summary>Looks.</summary>
    /// <returns>What is there.</returns>
    public static PodProcesses Scan()
    {
        var found = new PodProcesses();
        var host = new FileInfo("/proc/self/ns/net").LinkTarget;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                found.Add(directory, pid, host);
            }
        }

        foreach (var list in found._processes.Values)
        {
            list.Sort((a, b) => a.Started.CompareTo(b.Started));
        }

        return found;
    }

    /// <summary>The processes of a pod that are in a network namespace of their own; the oldest first.</summary>
    /// <param name="kubeletUid">The UID by which the kubelet calls the pod.</param>
    public IReadOnlyList<PodProcess> Of(string kubeletUid) => _processes.GetValueOrDefault(kubeletUid) ?? [];

    private void Add(string directory, int pid, string? host)
    {
        try
        {
            if (PodCgroup.FindUid(File.ReadAllText(Path.Combine(directory, "cgroup"))) is not { } uid
                || new FileInfo(Path.Combine(directory, "ns/net")).LinkTarget is not { } ns || ns == host)
            {
                return;
            }

            if (!_processes.TryGetValue(uid, out var list))
            {
                _processes[uid] = list = [];
            }

            list.Add(new PodProcess(pid, Started(directory), ns));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // It has ended meanwhile.
        }
    }

    private static ulong Started(string directory)
    {
        var stat = File.ReadAllText(Path.Combine(directory, "stat"));
        return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField], CultureInfo.InvariantCulture);
    }
}
