using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Agent.Installation;

/// <summary>
/// Tells an end for good from a restart: an agent whose DaemonSet has been deleted cleans up, any other leaves everything in place, since its pods must stay captured.
/// It watches all the time, because with the DaemonSet its rights may go as well: what the watch said before counts then.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="ns">The DaemonSet's namespace.</param>
/// <param name="name">Its name.</param>
internal sealed class DaemonSetWatch(KubernetesClient client, string ns, string name) : IAsyncDisposable
{
    private static readonly KubernetesKind Kind = new("apps", "v1", "DaemonSet", "daemonsets", true);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    private readonly SharedInformer<KubernetesObject> _informer = new(
        client.Resources(Kind).InNamespace(ns),
        new InformerOptions<KubernetesObject> { Select = new ListOptions { FieldSelector = $"metadata.name={name}" }, FromCache = true });

    private volatile bool _seen;
    private volatile bool _deleted;
    private IAsyncDisposable? _subscription;

    /// <summary>It has been there while this agent ran: only then can it be gone.</summary>
    public bool HasBeenSeen => _seen;

    /// <summary>Starts to watch.</summary>
    public void Start()
    {
        _subscription = _informer.Subscribe((change, _) =>
        {
            _deleted = change.Type == ResourceEventType.Deleted || change.Object.Metadata.DeletionTimestamp is not null;
            _seen = true;
            return ValueTask.CompletedTask;
        });
        _informer.Start();
    }

    /// <summary>Whether the DaemonSet is gone for good. When nobody can tell it is not: pods stay captured.</summary>
    /// <param name="ct">Gives up.</param>
    public async Task<bool> IsGoneAsync(CancellationToken ct)
    {
        if (!_seen)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AskLimit);
        try
        {
            return await client.Resources(Kind).InNamespace(ns).FindAsync(name, limit.Token) is not { Metadata.DeletionTimestamp: null };
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or OperationCanceledException)
        {
            return _deleted;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }

        await _informer.DisposeAsync();
    }
}
