namespace NodeMesh.Proxy.Pods;

/// <summary>The life of one enrolled pod in this process: its task, and the ways to end it.</summary>
/// <param name="pod">The pod.</param>
internal sealed class PodSession(PodRuntime pod) : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _accepting = new();
    private readonly CancellationTokenSource _closed = new();

    /// <summary>The pod.</summary>
    public PodRuntime Pod { get; } = pod;

    /// <summary>The session's task; set once, right after it was started.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>Cancelled when the pod leaves the mesh.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Cancelled when no new connection is to be accepted.</summary>
    public CancellationToken Accepting => _accepting.Token;

    /// <summary>Cancelled when nothing of the pod may go on.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>The pod leaves: drain, then release.</summary>
    public void Leave() => _leaving.Cancel();

    /// <summary>Accept nothing more.</summary>
    public void StopAccepting() => _accepting.Cancel();

    /// <summary>End everything.</summary>
    public void Close()
    {
        _accepting.Cancel();
        _closed.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaving.Dispose();
        _accepting.Dispose();
        _closed.Dispose();
    }
}
