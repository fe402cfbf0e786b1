using NodeMesh.Linux.Tools;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Client;

/// <summary>
/// Removes all that a mesh has on the machine. It asks nobody: the daemon may be dead, or be killed at any moment before. Processes end first (by control
/// group, so none escapes), since everything else may still be used by one.
/// </summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="time">The clock.</param>
public sealed class MeshRemover(MeshLayout layout, TimeProvider time)
{
    private const int Attempts = 5;

    /// <summary>Removes it.</summary>
    /// <param name="cancellationToken">Stops in between; another run goes on from there.</param>
    /// <returns>What was there.</returns>
    /// <exception cref="ToolException">Something cannot be removed.</exception>
    public async Task<Residue> RemoveAsync(CancellationToken cancellationToken)
    {
        var found = Residue.Find(layout);
        if (found.ControlGroup)
        {
            await MeshGroups.Of(layout.Name).RemoveAsync(time, cancellationToken);
        }

        // What is found now is what the dead processes could still make.
        for (var attempt = 1; Residue.Find(layout) is { IsEmpty: false } left; attempt++)
        {
            if (attempt > Attempts)
            {
                throw new ToolException($"mesh {layout.Name}: cannot remove {left}");
            }

            await RemoveOnceAsync(left, cancellationToken);
        }

        return found;
    }

    private static async Task RemoveOnceAsync(Residue left, CancellationToken cancellationToken)
    {
        foreach (var ns in left.Namespaces)
        {
            var result = await LinuxTool.RunAsync(null, "ip", ["netns", "del", ns], null, cancellationToken);
            if (!result.Succeeded)
            {
                // A run that was killed between making the file and mounting on it.
                await LinuxTool.RunAsync(null, "umount", ["-l", MeshLayout.NamespacePath(ns)], null, cancellationToken);
                File.Delete(MeshLayout.NamespacePath(ns));
            }
        }

        foreach (var mount in left.Mounts)
        {
            await LinuxTool.RunAsync(null, "umount", ["-l", mount], null, cancellationToken);
        }

        foreach (var directory in left.Directories.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }

        Residue.RemoveEmptyPins();
    }
}
