using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace NodeMesh.Proxy.Pods;

/// <summary>The enrolled pods of this node, by UID and by address.</summary>
internal sealed class PodRegistry
{
    private readonly ConcurrentDictionary<string, PodRuntime> _byUid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IPAddress, PodRuntime> _byAddress = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All enrolled pods; a snapshot that is safe to walk.</summary>
    public IEnumerable<PodRuntime> Pods => _byUid.Select(p => p.Value);

    /// <summary>Adds a pod, and takes over its addresses from a predecessor.</summary>
    /// <param name="pod">The pod.</param>
    public void Add(PodRuntime pod)
    {
        _byUid[pod.Pod.Uid] = pod;
        foreach (var address in pod.Addresses)
        {
            _byAddress[address] = pod;
        }
    }

    /// <summary>Finds a captured pod by address, and waits for it to be captured: the model may know a pod before its enrolment is served.</summary>
    /// <param name="address">The address.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The pod; null after the limit.</returns>
    public async ValueTask<PodRuntime?> WaitAsync(IPAddress address, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryGetCaptured(address) is { } there)
        {
            return there;
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                // Taken before the look, or a change between the two would be missed.
                var signal = Volatile.Read(ref _next).Task;
                if (TryGetCaptured(address) is { } pod)
                {
                    return pod;
                }

                await signal.WaitAsync(both.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return TryGetCaptured(address);
        }
    }

    /// <summary>Wakes those who wait for a pod to be captured.</summary>
    internal void Signal() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Removes a pod; addresses that a successor has taken over stay with it.</summary>
    /// <param name="pod">The pod.</param>
    public void Remove(PodRuntime pod)
    {
        _byUid.TryRemove(KeyValuePair.Create(pod.Pod.Uid, pod));
        foreach (var address in pod.Addresses)
        {
            _byAddress.TryRemove(KeyValuePair.Create(address, pod));
        }
    }

    /// <summary>Finds a pod by UID.</summary>
    /// <param name="uid">The UID.</param>
    /// <param name="pod">The pod on success.</param>
    /// <returns>True when it is enrolled.</returns>
    public bool TryGet(string uid, [NotNullWhen(true)] out PodRuntime? pod) => _byUid.TryGetValue(uid, out pod);

    /// <summary>Finds a pod by address.</summary>
    /// <param name="address">The address; never IPv4-mapped.</param>
    /// <param name="pod">The pod on success.</param>
    /// <returns>True when it is enrolled.</returns>
    public bool TryGet(IPAddress address, [NotNullWhen(true)] out PodRuntime? pod) => _byAddress.TryGetValue(address, out pod);

    private PodRuntime? TryGetCaptured(IPAddress address) =>
        TryGet(address, out var pod) && pod.Captured is not null ? pod : null;
}
