using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Discovery;

/// <summary>Rings when a CustomResourceDefinition is made, changed or removed.</summary>
internal sealed class DefinitionBell : IReflectorTarget<V1CustomResourceDefinition>
{
    private TaskCompletionSource _rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for it to ring, or for the time to pass.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken ct)
    {
        var rung = Volatile.Read(ref _rung);
        try
        {
            await rung.Task.WaitAsync(longest, clock, ct);
        }
        catch (TimeoutException)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _rung, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), rung);
        return true;
    }

    public void Replace(IReadOnlyList<V1CustomResourceDefinition> items) => Ring();

    public void Apply(WatchEvent<V1CustomResourceDefinition> change) => Ring();

    public void Watching(bool open)
    {
    }

    public void Failed(Exception? error)
    {
    }

    private void Ring() => Volatile.Read(ref _rung).TrySetResult();
}
