using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>One informer per kind, namespace and selection, however many ask for it.</summary>
/// <param name="client">The client.</param>
public sealed class SharedInformerFactory(KubernetesClient client) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Type, string ApiVersion, string Plural, string? Namespace, string? Labels, string? Fields), IInformer> _informers = [];

    /// <summary>The informer of a typed kind. The options of whoever asks first count, so indexes belong where it is first asked for.</summary>
    /// <typeparam name="T">The objects' type.</typeparam>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">One namespace; all when missing.</param>
    /// <param name="options">Which objects, and how.</param>
    /// <returns>The informer, not yet started unless it was there.</returns>
    public SharedInformer<T> Get<T>(KubernetesKind<T> kind, string? ns = null, InformerOptions<T>? options = null)
        where T : class, IKubernetesObject => GetOrAdd(client.Resources(kind).InNamespace(ns), options);

    /// <summary>The informer of any kind, untyped.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">One namespace; all when missing.</param>
    /// <param name="options">Which objects, and how.</param>
    /// <returns>The informer, not yet started unless it was there.</returns>
    public SharedInformer<KubernetesObject> Get(KubernetesKind kind, string? ns = null, InformerOptions<KubernetesObject>? options = null) =>
        GetOrAdd(client.Resources(kind).InNamespace(ns), options);

    /// <summary>Starts all.</summary>
    public void Start()
    {
        foreach (var informer in Snapshot())
        {
            informer.Start();
        }
    }

    /// <summary>Waits until all have had a complete list.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>When they have.</returns>
    public Task WaitForSyncAsync(CancellationToken ct = default) => Task.WhenAll(Snapshot().Select(i => i.WaitForSyncAsync(ct)));

    /// <summary>Stops an informer and forgets it, for a kind that is served no longer.</summary>
    /// <param name="informer">The informer.</param>
    /// <returns>When it has stopped.</returns>
    public ValueTask RemoveAsync(IInformer informer)
    {
        ArgumentNullException.ThrowIfNull(informer);
        lock (_gate)
        {
            foreach (var key in _informers.Where(i => ReferenceEquals(i.Value, informer)).Select(i => i.Key).ToList())
            {
                _informers.Remove(key);
            }
        }

        return informer.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var informer in Snapshot())
        {
            await informer.DisposeAsync();
        }
    }

    private SharedInformer<T> GetOrAdd<T>(ResourceClient<T> resources, InformerOptions<T>? options)
        where T : class, IKubernetesObject
    {
        var kind = resources.Kind;
        var key = (typeof(T).FullName!, kind.ApiVersion, kind.Plural, resources.Namespace, options?.Select.LabelSelector, options?.Select.FieldSelector);
        lock (_gate)
        {
            if (_informers.TryGetValue(key, out var known))
            {
                return (SharedInformer<T>)known;
            }

            var made = new SharedInformer<T>(resources, options);
            _informers.Add(key, made);
            return made;
        }
    }

    private IInformer[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _informers.Values];
        }
    }
}
