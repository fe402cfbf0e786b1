using System.Collections.Concurrent;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>The upstream connections of each captured pod, from its first request to its end.</summary>
/// <param name="dialer">Makes connections.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamPools(UpstreamDialer dialer, TimeProvider time) : IPodAttachment
{
    private readonly ConcurrentDictionary<PodRuntime, Lazy<PodUpstreams>> _pods = new();

    /// <summary>A pod's connections.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>The connections; null when the pod is served no more.</returns>
    public PodUpstreams? Find(PodRuntime pod) => _pods.TryGetValue(pod, out var upstreams) ? upstreams.Value : null;

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> AttachAsync(PodRuntime pod, CancellationToken cancellationToken)
    {
        // A pod none of whose traffic is looked at as requests has no HTTP client.
        _pods[pod] = new Lazy<PodUpstreams>(() => new PodUpstreams(pod, dialer, time));
        return ValueTask.FromResult<IAsyncDisposable>(new Attachment(this, pod));
    }

    private sealed class Attachment(UpstreamPools owner, PodRuntime pod) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            if (owner._pods.TryRemove(pod, out var upstreams) && upstreams.IsValueCreated)
            {
                upstreams.Value.Dispose();
            }

            return ValueTask.CompletedTask;
        }
    }
}
