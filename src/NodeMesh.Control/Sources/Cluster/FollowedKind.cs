using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>A kind in one of its versions, and what was made of its objects.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Informer">Its objects.</param>
/// <param name="Documents">The documents; a later version takes them over, and with them the last good version of what is broken.</param>
/// <param name="Listener">What hears of changes.</param>
internal sealed record FollowedKind(ClusterKind Kind, SharedInformer<KubernetesObject> Informer, ClusterDocuments Documents, IAsyncDisposable Listener) : IAsyncDisposable
{
    /// <summary>
    /// Why the API server does not let it be read, as far as that will not pass by itself: a refusal at once, any other answer when it lasts. A server that does not answer says nothing about a
    /// kind.
    /// </summary>
    /// <param name="patience">How long another answer may last.</param>
    /// <returns>The server's answer; null when nothing is wrong.</returns>
    public KubernetesException? Hindrance(TimeSpan patience) =>
        Informer.LastError is KubernetesException answer && (answer.IsForbidden || Informer.Staleness >= patience) ? answer : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await Informer.DisposeAsync();
    }
}
