using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Fails until it is told to work.</summary>
internal sealed class FailingAttachment : IPodAttachment
{
    private int _attempts;

    public volatile bool Works;

    public int Attempts => _attempts;

    public ValueTask<IAsyncDisposable> AttachAsync(PodRuntime pod, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        return Works ? ValueTask.FromResult<IAsyncDisposable>(new MemoryStream()) : throw new InvalidOperationException("not yet");
    }
}
