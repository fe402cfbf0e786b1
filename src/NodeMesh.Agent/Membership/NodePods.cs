using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Agent.Membership;

/// <summary>The pods of the node and all namespaces, as the API server tells them; what it told last while it is away.</summary>
internal sealed class NodePods : IAsyncDisposable
{
    /// <summary>Longer would keep a kubelet waiting whose runtime gives up after two minutes.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    private readonly KubernetesClient _client;
    private readonly SharedInformer<V1Pod> _pods;
    private readonly SharedInformer<V1Namespace> _namespaces;
    private readonly List<IAsyncDisposable> _subscriptions = [];

    /// <summary>Prepares; <see cref="Start"/> starts.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="node">The node.</param>
    public NodePods(KubernetesClient client, string node)
    {
        _client = client;
        // Small: the agent needs nothing of a pod's containers, and there is one agent per node.
        _pods = new SharedInformer<V1Pod>(client.Resources(KubernetesKinds.Pods), new InformerOptions<V1Pod>
        {
            Select = new ListOptions { FieldSelector = $"spec.nodeName={node}" },
            FromCache = true,
            Transform = static pod => pod with { Fields = null, Spec = Small(pod.Spec), Status = Small(pod.Status) },
        });
        _namespaces = new SharedInformer<V1Namespace>(client.Resources(KubernetesKinds.Namespaces), new InformerOptions<V1Namespace>
        {
            FromCache = true,
            Transform = static ns => ns with { Fields = null },
        });
    }

    /// <summary>Both lists have been read once.</summary>
    public bool HasSynced => _pods.HasSynced && _namespaces.HasSynced;

    /// <summary>Why they have not; null when nobody knows.</summary>
    public string? LastError => (_pods.LastError ?? _namespaces.LastError)?.Message;

    /// <summary>Starts to follow.</summary>
    /// <param name="changed">Told of each change.</param>
    public void Start(Action changed)
    {
        _subscriptions.Add(_pods.Subscribe((_, _) => Tell(changed)));
        _subscriptions.Add(_namespaces.Subscribe((_, _) => Tell(changed)));
        _pods.Start();
        _namespaces.Start();
    }

    /// <summary>Waits for the first lists.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>When they are there.</returns>
    public Task WaitForSyncAsync(CancellationToken ct) => Task.WhenAll(_pods.WaitForSyncAsync(ct), _namespaces.WaitForSyncAsync(ct));

    /// <summary>All pods of the node.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<MeshedPod> List() =>
        [.. _pods.Store.List().Select(p => PodMembership.Of(p, _namespaces.Store.Get(string.Empty, p.Metadata.Namespace ?? string.Empty)))];

    /// <summary>Looks a pod up; asks the API server for what the informers have not heard of yet.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">The UID that the kubelet calls it by; null when the runtime does not tell.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The pod; null when the API server knows of none.</returns>
    /// <exception cref="PodUnknownException">The API server cannot be asked.</exception>
    public async Task<MeshedPod?> FindAsync(string ns, string name, string? uid, CancellationToken ct)
    {
        if (_namespaces.Store.Get(string.Empty, ns) is { } knownNamespace && _pods.Store.Get(ns, name) is { } knownPod && IsMeant(PodMembership.Of(knownPod, knownNamespace), uid))
        {
            return PodMembership.Of(knownPod, knownNamespace);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AskLimit);
        try
        {
            var pod = await _client.Resources(KubernetesKinds.Pods).InNamespace(ns).FindAsync(name, limit.Token);
            var owner = await _client.Resources(KubernetesKinds.Namespaces).FindAsync(ns, limit.Token);
            return pod is not null && owner is not null && PodMembership.Of(pod, owner) is var found && IsMeant(found, uid) ? found : null;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new PodUnknownException($"pod {ns}/{name} is not known yet, and the API server cannot be asked: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions)
        {
            await subscription.DisposeAsync();
        }

        await _pods.DisposeAsync();
        await _namespaces.DisposeAsync();
    }

    private static bool IsMeant(MeshedPod pod, string? uid) => string.IsNullOrEmpty(uid) || pod.Uid == uid || pod.KubeletUid == uid;

    private static V1PodSpec? Small(V1PodSpec? spec) =>
        spec is null ? null : new V1PodSpec { NodeName = spec.NodeName, ServiceAccountName = spec.ServiceAccountName, HostNetwork = spec.HostNetwork };

    private static V1PodStatus? Small(V1PodStatus? status) =>
        status is null ? null : new V1PodStatus { Phase = status.Phase, PodIP = status.PodIP, PodIPs = status.PodIPs };

    private static ValueTask Tell(Action changed)
    {
        changed();
        return ValueTask.CompletedTask;
    }
}
