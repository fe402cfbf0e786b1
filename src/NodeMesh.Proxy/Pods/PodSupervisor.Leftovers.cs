using NodeMesh.Capture;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Pods;

/// <content>Pods that left the mesh while no proxy was there.</content>
internal sealed partial class PodSupervisor
{
    /// <summary>Those of the first look into the directory, refused ones too; null after it.</summary>
    private List<PodEnrollment>? _firstEnrolled = [];

    private void NoteEnrolled(PodEnrollment pod) => _firstEnrolled?.Add(pod);

    private async Task SyncedAsync(CancellationToken cancellationToken)
    {
        _synced = true;
        if (_firstEnrolled is not { } enrolled)
        {
            return;
        }

        _firstEnrolled = null;
        if (!_directory.IsComplete)
        {
            // What cannot be read may be of any pod: all stay closed, rather than one be let go that belongs to the mesh.
            LogIncomplete(_configuration.EnrollmentDirectory);
            return;
        }

        try
        {
            await _capture.ForgetOthersAsync(enrolled, cancellationToken);
            await ReleaseLeftoversAsync(enrolled, cancellationToken);
        }
        catch (Exception e) when (e is CaptureException or NetworkNamespaceException)
        {
            LogNotForgotten(e.Message);
        }
    }

    /// <summary>Rules stay in their namespaces, of which nobody has a list but the answers to the enrolments that are gone.</summary>
    private async Task ReleaseLeftoversAsync(List<PodEnrollment> enrolled, CancellationToken cancellationToken)
    {
        var leftovers = await _directory.ReadUnreleasedAsync(cancellationToken);
        if (leftovers.Count == 0)
        {
            return;
        }

        var kept = new HashSet<NetworkNamespaceId>();
        using (var home = NetworkNamespace.OpenCurrent())
        {
            kept.Add(home.Id);
        }

        foreach (var pod in enrolled.Where(p => File.Exists(p.NetworkNamespace)))
        {
            using var ns = NetworkNamespace.Open(pod.NetworkNamespace);
            kept.Add(ns.Id);
        }

        foreach (var status in leftovers.Where(s => Find(s.Uid) is null))
        {
            // A process's path may by now be of another pod's process.
            if (status.NetworkNamespace is { } path && !path.StartsWith("/proc/", StringComparison.Ordinal) && File.Exists(path))
            {
                using var ns = NetworkNamespace.Open(path);
                if (!kept.Contains(ns.Id))
                {
                    await CaptureRemoval.RemoveAsync(ns, cancellationToken);
                }
            }

            _directory.RemoveStatus(status.Uid);
        }
    }
}
