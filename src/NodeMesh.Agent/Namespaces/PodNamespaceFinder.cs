using System.Globalization;
using System.Net;
using NodeMesh.Agent.Membership;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Agent.Namespaces;

/// <summary>
/// Finds the network namespaces of pods that run already. The oldest process of the pod whose namespace has the pod's address counts: a process that merely
/// passes through another namespace must not be taken for its owner. The runtime's own name of the namespace is preferred to the process's: it stays when
/// the process ends, and no other namespace gets it.
/// </summary>
/// <param name="directory">Where runtimes keep pods' namespaces.</param>
internal sealed class PodNamespaceFinder(string directory)
{
    /// <summary>Finds namespaces.</summary>
    /// <param name="pods">Pods with addresses.</param>
    /// <param name="processes">The node's processes; looked for only if there is a pod to find.</param>
    /// <returns>A path for each pod that was found, by UID.</returns>
    public Dictionary<string, string> Find(IEnumerable<MeshedPod> pods, Lazy<PodProcesses> processes)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        Dictionary<NetworkNamespaceId, string>? named = null;
        foreach (var pod in pods)
        {
            if (Find(pod, processes.Value) is not { } path)
            {
                continue;
            }

            named ??= ReadNames();
            found[pod.Uid] = Identify(path) is { } id && named.TryGetValue(id, out var name) ? name : path;
        }

        return found;
    }

    /// <summary>Tells whether a path still names the network namespace of a pod: a name does while it is there, a process while it is one of the pod's.</summary>
    /// <param name="path">The path.</param>
    /// <param name="kubeletUid">The UID by which the kubelet calls the pod.</param>
    /// <param name="processes">The node's processes; asked for only if the path is a process's.</param>
    public static bool StillNames(string path, string kubeletUid, Lazy<PodProcesses> processes)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        return ProcessOf(path) is not { } pid || processes.Value.Of(kubeletUid).Any(p => p.Pid == pid);
    }

    private static int? ProcessOf(string path) =>
        path.Split('/') is ["", "proc", var pid, "ns", "net"] && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Find(MeshedPod pod, PodProcesses processes)
    {
        var wanted = pod.Addresses.Select(a => IPAddress.TryParse(a, out var parsed) ? parsed : null).OfType<IPAddress>().ToList();
        if (wanted.Count == 0)
        {
            return null;
        }

        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in processes.Of(pod.KubeletUid))
        {
            var root = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}");
            if (!refused.Contains(process.NetworkNamespace) && LocalAddresses.Read(root) is var own && wanted.TrueForAll(own.Contains))
            {
                return root + "/ns/net";
            }

            refused.Add(process.NetworkNamespace);
        }

        return null;
    }

    private static NetworkNamespaceId? Identify(string path)
    {
        try
        {
            using var ns = NetworkNamespace.Open(path);
            return ns.Id;
        }
        catch (NetworkNamespaceException)
        {
            return null;
        }
    }

    private Dictionary<NetworkNamespaceId, string> ReadNames()
    {
        var names = new Dictionary<NetworkNamespaceId, string>();
        if (Directory.Exists(directory))
        {
            foreach (var path in Directory.EnumerateFiles(directory))
            {
                if (Identify(path) is { } id)
                {
                    names[id] = path;
                }
            }
        }

        return names;
    }
}
