using System.Text.RegularExpressions;

namespace NodeMesh.Agent.Namespaces;

/// <summary>Whose process one is: kubelets put a pod's containers into a control group that is named after the pod's UID, whichever driver and runtime they use.</summary>
internal static partial class PodCgroup
{
    /// <summary>Finds the pod's UID in <c>/proc/PID/cgroup</c>.</summary>
    /// <param name="cgroup">The file's text.</param>
    /// <returns>The UID; null for a process of no pod.</returns>
    public static string? FindUid(string cgroup)
    {
        var match = PodSegment().Match(cgroup);
        // systemd's names of slices use dashes for their own purpose, so there the UID has underscores.
        return match.Success ? match.Groups["uid"].Value.Replace('_', '-') : null;
    }

    // The second form is that of pods which the kubelet has from a file: a hash.
    [GeneratedRegex(@"(?:/|-)pod(?<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:/|\.slice|$)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PodSegment();
}
