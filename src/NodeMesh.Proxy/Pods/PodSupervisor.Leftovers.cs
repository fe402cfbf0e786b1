using NodeMesh.Capture;
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
        }
        catch (CaptureException e)
        {
            LogNotForgotten(e.Message);
        }
    }
}
