using System.Globalization;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// Where one node proxy's capture is pinned: <c>ROOT/vN/NAME/{maps,links}</c>, and a directory <c>pods/COOKIE</c> for each captured network namespace.
/// The cookie in that place, and links beneath it, are the one thing that every version has to keep: by it a later one finds the pods of an earlier one.
/// </summary>
/// <param name="root">On a BPF file system.</param>
/// <param name="instance">The node proxy's name, unique on the machine.</param>
internal sealed class CapturePins(string root, string instance)
{
    /// <summary>Raised whenever a map's layout or meaning changes: the state of another version is replaced, not read.</summary>
    private const string Version = "v1";

    private const string PodsName = "pods";
    private const int CreateAttempts = 10;
    private const string MapsName = "maps";

    /// <summary>The name of the link in a pod's directory.</summary>
    private const string LookupLink = "lookup";

    private string Instance => Path.Combine(root, Version, instance);

    private string Pods => Path.Combine(Instance, PodsName);

    /// <summary>A map's pin.</summary>
    /// <param name="name">The map's name.</param>
    internal string Map(string name) => Path.Combine(Instance, MapsName, name);

    /// <summary>A link's pin.</summary>
    /// <param name="program">The program's name.</param>
    internal string Link(string program) => Path.Combine(Instance, "links", program);

    /// <summary>A pod's directory.</summary>
    /// <param name="cookie">Its network namespace.</param>
    internal string Pod(ulong cookie) => Path.Combine(Pods, cookie.ToString(CultureInfo.InvariantCulture));

    /// <summary>A pod's link.</summary>
    /// <param name="cookie">Its network namespace.</param>
    internal string PodLink(ulong cookie) => Path.Combine(Pod(cookie), LookupLink);

    /// <summary>Makes the directories.</summary>
    internal void Create()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                BpfFileSystem.CreateDirectory(Path.Combine(Instance, MapsName));
                BpfFileSystem.CreateDirectory(Path.Combine(Instance, "links"));
                BpfFileSystem.CreateDirectory(Pods);
                return;
            }
            catch (IOException) when (attempt < CreateAttempts)
            {
                // Another mesh of this machine went just now, and took the directories above along, which were empty.
            }
        }
    }

    /// <summary>The captured network namespaces.</summary>
    internal IReadOnlyList<ulong> PodCookies() => Cookies(Pods);

    /// <summary>Tells whether a node proxy has captured pods, in whatever version.</summary>
    /// <param name="root">Where state is pinned.</param>
    /// <param name="instance">The node proxy's name.</param>
    internal static bool HasPods(string root, string instance) =>
        Directory.Exists(root) && Directory.EnumerateDirectories(root, "v*").Any(version => Cookies(Path.Combine(version, instance, PodsName)).Count > 0);

    /// <summary>The same proxy's directories of other versions.</summary>
    internal IReadOnlyList<string> OtherVersions() =>
        Directory.Exists(root)
            ? [.. Directory.EnumerateDirectories(root, "v*").Where(d => Path.GetFileName(d) != Version).Select(d => Path.Combine(d, instance)).Where(Directory.Exists)]
            : [];

    /// <summary>The network namespaces that another version captures.</summary>
    /// <param name="other">Its directory.</param>
    internal static IReadOnlyList<ulong> CookiesOf(string other) => Cookies(Path.Combine(other, PodsName));

    /// <summary>The directory of a pod of another version.</summary>
    /// <param name="other">The version's directory.</param>
    /// <param name="cookie">The network namespace.</param>
    internal static string PodOf(string other, ulong cookie) => Path.Combine(other, PodsName, cookie.ToString(CultureInfo.InvariantCulture));

    /// <summary>Tells whether a pod's network namespace is still there: by its links, which the kernel empties when it goes.</summary>
    /// <param name="pod">The pod's directory, of any version.</param>
    internal static bool IsAlive(string pod)
    {
        foreach (var pin in Directory.EnumerateFiles(pod))
        {
            using var link = BpfLink.OpenPinned(pin);
            if (link.Info.NetworkNamespaceInode != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes the maps' pins; programs that use them keep them.</summary>
    internal void RemoveMaps()
    {
        BpfFileSystem.RemoveTree(Path.Combine(Instance, MapsName));
        Create();
    }

    /// <summary>Ends what another version does for all pods together; what it does to each pod's inbound connections stays, and refuses them.</summary>
    /// <param name="other">Its directory.</param>
    internal static void RemoveShared(string other)
    {
        foreach (var directory in Directory.EnumerateDirectories(other).Where(d => Path.GetFileName(d) != PodsName).ToList())
        {
            Remove(directory);
        }
    }

    /// <summary>Ends what other versions do to a pod; a directory that is empty then goes too.</summary>
    /// <param name="cookie">Its network namespace.</param>
    internal void RemoveFromOthers(ulong cookie)
    {
        foreach (var other in OtherVersions())
        {
            var pods = Path.Combine(other, PodsName);
            Remove(PodOf(other, cookie));
            if (Cookies(pods).Count == 0)
            {
                BpfFileSystem.RemoveTree(other);
            }
        }
    }

    /// <summary>Removes a node proxy's state of all versions, and the directories that are empty then.</summary>
    /// <param name="root">Where state is pinned.</param>
    /// <param name="instance">The node proxy's name.</param>
    internal static void RemoveInstance(string root, string instance)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var version in Directory.EnumerateDirectories(root, "v*").ToList())
        {
            Remove(Path.Combine(version, instance));
            RemoveIfEmpty(version);
        }

        RemoveIfEmpty(root);
    }

    /// <summary>Removes a directory of pins. Its links end at once; those that merely lose their last reference end a little later.</summary>
    /// <param name="directory">The directory; one that is not there is no error.</param>
    internal static void Remove(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var pin in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(p => Path.GetFileName(Path.GetDirectoryName(p)) != MapsName))
        {
            using var link = BpfLink.OpenPinned(pin);
            link.Detach();
        }

        BpfFileSystem.RemoveTree(directory);
    }

    private static void RemoveIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Others have something there, or removed it.
        }
    }

    private static IReadOnlyList<ulong> Cookies(string pods) =>
        Directory.Exists(pods)
            ? [.. Directory.EnumerateDirectories(pods).Select(d => ulong.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var cookie) ? cookie : 0).Where(c => c != 0)]
            : [];
}
