using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>The directory through which pods join the mesh: one <c>UID.json</c> per pod in, one <c>UID.status</c> out.</summary>
public sealed class EnrollmentDirectory : IAsyncDisposable
{
    /// <summary>Opens the directory, making it if need be.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="time">The clock of the periodic rescan.</param>
    /// <param name="log">Where malformed files are told.</param>
    public EnrollmentDirectory(string path, TimeProvider time, ILogger<EnrollmentDirectory> log)
    {
        _ = time;
        _ = log;
        Path = path;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>What changes: first one <see cref="EnrollmentChangeKind.Added"/> for each pod that is there, then <see cref="EnrollmentChangeKind.Synced"/>, then changes as they come.</summary>
    /// <param name="ct">Ends the sequence.</param>
    /// <returns>The changes, in order.</returns>
    public IAsyncEnumerable<EnrollmentChange> WatchAsync(CancellationToken ct) => throw new NotSupportedException(ct.ToString());

    /// <summary>Answers an enrolment; readers see either the old answer or the new one.</summary>
    /// <param name="status">The answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is on disk.</returns>
    public Task WriteStatusAsync(PodEnrollmentStatus status, CancellationToken ct) => throw new NotSupportedException(ct.ToString() + status);

    /// <summary>Removes an answer, when the pod is gone.</summary>
    /// <param name="uid">The pod's UID.</param>
    public void RemoveStatus(string uid) => throw new NotSupportedException(uid);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
