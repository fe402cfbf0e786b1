using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeMesh.Discovery;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

/// <summary>A proxy's state as discovery makes it, and a count of what was sent for it.</summary>
internal sealed class MeshRecorder : IDiscoveryHandler
{
    private int _received;
    private int _removed;

    public ConcurrentDictionary<string, object> State { get; } = new();

    public int Received => Volatile.Read(ref _received);

    public int Removed => Volatile.Read(ref _removed);

    public ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DiscoveryUpdate update, CancellationToken cancellationToken)
    {
        foreach (var resource in update.Added)
        {
            State[resource.Name] = resource.Model;
        }

        foreach (var name in update.Removed)
        {
            State.TryRemove(name, out _);
        }

        Interlocked.Add(ref _received, update.Added.Length);
        Interlocked.Add(ref _removed, update.Removed.Length);
        return ValueTask.FromResult(ImmutableArray<RejectedResource>.Empty);
    }

    public Workload? Workload(string uid) => State.GetValueOrDefault(uid) as Workload;
}
