using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Control.Status;

/// <summary>The newest statuses, for one reader that may be slow, or not there at all.</summary>
internal sealed class StatusQueue : IStatusSink
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<ResourceOrigin, ResourceStatus> _newest = ImmutableDictionary<ResourceOrigin, ResourceStatus>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Take(ImmutableDictionary<ResourceOrigin, ResourceStatus> statuses)
    {
        lock (_gate)
        {
            _newest = statuses;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The newest statuses.</summary>
    /// <param name="changed">Ends when there are newer ones.</param>
    public ImmutableDictionary<ResourceOrigin, ResourceStatus> Newest(out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            return _newest;
        }
    }
}
