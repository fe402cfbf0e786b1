using NodeMesh.Proxy.Dns;

namespace NodeMesh.Proxy.Pods;

/// <summary>Answers each captured pod's DNS.</summary>
/// <param name="dns">The answers.</param>
internal sealed class DnsAttachment(PodDns dns) : IPodAttachment
{
    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> AttachAsync(PodRuntime pod, CancellationToken cancellationToken) =>
        ValueTask.FromResult(dns.Start(pod.Captured ?? throw new InvalidOperationException("the pod is not captured")));
}
