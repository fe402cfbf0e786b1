using System.Globalization;
using System.Text;
using static NodeMesh.Local.Tools.HostCommand;

namespace NodeMesh.Local.Pods;

/// <summary>
/// Writes the shell script that becomes a container. It runs in the pod's network namespace and in mount and UTS namespaces of its own, lays a
/// copy-on-write view over the machine's file system (overlayfs on a tmpfs that dies with the namespace), so that mount points, <c>/etc</c> and
/// all that the container writes never reach the machine, and then turns into the container's program.
/// </summary>
internal static class ContainerScript
{
    // Where the machine's own root is while mounts are made; gone before the program starts.
    private const string OldRoot = "/.nodemesh";

    /// <summary>Writes the script.</summary>
    /// <param name="launch">What to start.</param>
    /// <param name="mounts">The machine's mounts.</param>
    /// <param name="scratch">An empty directory to mount on.</param>
    /// <param name="hidden">The directory of the meshes' state; the container sees an empty one.</param>
    /// <param name="marker">A file that is written just before the program starts.</param>
    public static string Build(ContainerLaunch launch, HostMounts mounts, string scratch, string hidden, string marker)
    {
        var script = new StringBuilder("set -e\n");
        script.AppendLine(CultureInfo.InvariantCulture, $"exec 3>{Quote(marker)}");
        AppendRoot(script, mounts, scratch);
        AppendIdentity(script, launch);
        foreach (var mount in launch.Mounts)
        {
            AppendMount(script, mount);
        }

        script.AppendLine(CultureInfo.InvariantCulture, $"mount -t tmpfs -o size=4k,mode=0755 nodemesh {Quote(hidden)}");
        script.AppendLine(CultureInfo.InvariantCulture, $"umount -l {OldRoot}");
        script.AppendLine(CultureInfo.InvariantCulture, $"rmdir {OldRoot}");
        script.AppendLine(CultureInfo.InvariantCulture, $"mkdir -p {Quote(launch.WorkingDirectory)}");
        script.AppendLine(CultureInfo.InvariantCulture, $"cd {Quote(launch.WorkingDirectory)}");
        script.AppendLine("echo started >&3");
        script.AppendLine("exec 3>&-");
        script.Append("exec env -i --");
        foreach (var (name, value) in launch.Environment)
        {
            script.Append(' ').Append(Quote($"{name}={value}"));
        }

        foreach (var word in launch.Command)
        {
            script.Append(' ').Append(Quote(word));
        }

        return script.Append('\n').ToString();
    }

    private static void AppendRoot(StringBuilder script, HostMounts mounts, string scratch)
    {
        script.AppendLine(CultureInfo.InvariantCulture, $"S={Quote(scratch)}");
        script.AppendLine("mount -t tmpfs -o mode=0755 nodemesh \"$S\"");
        script.AppendLine("mkdir \"$S/root\"");
        for (var i = 0; i < mounts.Overlaid.Length; i++)
        {
            var point = mounts.Overlaid[i];
            script.AppendLine(CultureInfo.InvariantCulture, $"mkdir \"$S/u{i}\" \"$S/w{i}\"");

            // Some file systems cannot lie under an overlay; such a one is missing in the container instead of stopping it. The root must work.
            var orNot = i == 0 ? "" : " 2>/dev/null || true";
            script.AppendLine(CultureInfo.InvariantCulture, $"mount -t overlay nodemesh -o lowerdir={Quote(EscapeLower(point))},upperdir=\"$S/u{i}\",workdir=\"$S/w{i}\" \"$S/root\"{Quote(point)}{orNot}");
        }

        foreach (var point in mounts.Shared)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"mount --rbind {Quote(point)} \"$S/root\"{Quote(point)}");
        }

        script.AppendLine(CultureInfo.InvariantCulture, $"mkdir \"$S/root{OldRoot}\"");
        script.AppendLine(CultureInfo.InvariantCulture, $"pivot_root \"$S/root\" \"$S/root{OldRoot}\"");
        script.AppendLine("cd /");
    }

    private static void AppendIdentity(StringBuilder script, ContainerLaunch launch)
    {
        // The mount and UTS namespaces are this container's own: writing the kernel's host name changes nobody else's.
        script.AppendLine(CultureInfo.InvariantCulture, $"echo {Quote(launch.Hostname)} > /proc/sys/kernel/hostname");
        foreach (var (file, text) in new[] { ("/etc/hostname", launch.Hostname + "\n"), ("/etc/hosts", launch.Hosts), ("/etc/resolv.conf", launch.ResolvConf) })
        {
            // Removed first: where the machine has a symbolic link, the link and not its target is replaced.
            script.AppendLine(CultureInfo.InvariantCulture, $"rm -f {file}");
            script.AppendLine(CultureInfo.InvariantCulture, $"printf %s {Quote(text)} > {file}");
        }
    }

    private static void AppendMount(StringBuilder script, ContainerMount mount)
    {
        var target = Quote(mount.Target);
        if (mount.IsFile)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"mkdir -p {Quote(Path.GetDirectoryName(mount.Target) ?? "/")}");
            script.AppendLine(CultureInfo.InvariantCulture, $"[ -e {target} ] || : > {target}");
        }
        else
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"mkdir -p {target}");
        }

        script.AppendLine(CultureInfo.InvariantCulture, $"mount --bind {Quote(OldRoot + mount.Source)} {target}");
        if (mount.ReadOnly)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"mount -o remount,bind,ro {target}");
        }
    }

    // overlayfs splits its options at colons and commas.
    private static string EscapeLower(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
