using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>
/// A copy of the objects of a kind, kept equal to the server's through breaks, restarts and forgotten versions, and shared by all who read it or listen.
/// While the server is away it keeps what it has; <see cref="Staleness"/> says for how long.
/// </summary>
/// <typeparam name="T">The objects' type.</typeparam>
public sealed class SharedInformer<T> : IInformer, IInformerState, IReflectorTarget<T>
    where T : class, IKubernetesObject
{
    private readonly ResourceClient<T> _client;
    private readonly InformerOptions<T> _options;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<InformerListener<T>> _listeners = [];
    private Task _task = Task.CompletedTask;
    private ITimer? _resync;
    private bool _started;
    private bool _watching;
    private long _watchedUntil;

    /// <summary>Makes an informer; <see cref="Start"/> starts it.</summary>
    /// <param name="client">The objects.</param>
    /// <param name="options">Which of them, and how.</param>
    public SharedInformer(ResourceClient<T> client, InformerOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options ?? new InformerOptions<T>();
        _logger = (client.Transport.Options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("NodeMesh.Kubernetes.Informers");
        _watchedUntil = Clock.GetTimestamp();
        Store = new ResourceStore<T>(_options.Indexes);
    }

    /// <summary>The objects.</summary>
    public ResourceStore<T> Store { get; }

    /// <inheritdoc/>
    public KubernetesKind Kind => _client.Kind;

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompleted;

    /// <inheritdoc/>
    public Exception? LastError { get; private set; }

    /// <inheritdoc/>
    public TimeSpan Staleness
    {
        get
        {
            lock (_gate)
            {
                return _watching ? TimeSpan.Zero : Clock.GetElapsedTime(_watchedUntil);
            }
        }
    }

    string IInformerState.Resource => _client.Kind.Resource;

    int IInformerState.Count => Store.Count;

    private TimeProvider Clock => _client.Transport.Options.Time;

    /// <inheritdoc/>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_started)
            {
                return;
            }

            _started = true;
        }

        _client.Transport.Metrics.Add(this);
        var reflector = new Reflector<T>(_client, _options.Select, _options.FromCache, this, _logger);
        _task = Task.Run(() => reflector.RunAsync(_stop.Token));
        if (_options.Resync is { } period)
        {
            _resync = Clock.CreateTimer(_ => Resync(), null, period, period);
        }
    }

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken ct = default) => _synced.Task.WaitAsync(ct);

    /// <summary>Listens: hears of every object that is there as added, and then of every change, in order.</summary>
    /// <param name="handler">Is called with one event at a time. What it throws is logged.</param>
    /// <returns>Disposed, it listens no longer.</returns>
    public IAsyncDisposable Subscribe(Func<ResourceEvent<T>, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var listener = new InformerListener<T>(handler, Leave, _logger);
        lock (_gate)
        {
            foreach (var item in Store.List())
            {
                listener.Tell(new ResourceEvent<T>(ResourceEventType.Added, item, null));
            }

            _listeners.Add(listener);
        }

        return listener;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _resync?.Dispose();
        await _task;
        _client.Transport.Metrics.Remove(this);
        InformerListener<T>[] listeners;
        lock (_gate)
        {
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }

        _synced.TrySetCanceled(CancellationToken.None);
        _stop.Dispose();
    }

    void IReflectorTarget<T>.Replace(IReadOnlyList<T> items)
    {
        lock (_gate)
        {
            var gone = Store.List().Select(o => ObjectKey.Of(o)).ToHashSet();
            foreach (var item in items)
            {
                gone.Remove(ObjectKey.Of(item));
                Put(item);
            }

            foreach (var key in gone)
            {
                Drop(key, null);
            }
        }

        _synced.TrySetResult();
    }

    void IReflectorTarget<T>.Apply(WatchEvent<T> change)
    {
        lock (_gate)
        {
            if (change.Type == WatchEventType.Deleted)
            {
                Drop(ObjectKey.Of(change.Object!), change.Object);
            }
            else
            {
                Put(change.Object!);
            }
        }
    }

    void IReflectorTarget<T>.Watching(bool open)
    {
        lock (_gate)
        {
            _watching = open;
            _watchedUntil = Clock.GetTimestamp();
        }
    }

    void IReflectorTarget<T>.Failed(Exception? error) => LastError = error;

    private void Put(T item)
    {
        item.Metadata.ManagedFields = null;
        var kept = _options.Transform is { } transform ? transform(item) : item;
        var old = Store.Set(kept);
        if (old is null)
        {
            Tell(new ResourceEvent<T>(ResourceEventType.Added, kept, null));
        }
        else if (old.Metadata.Uid != kept.Metadata.Uid)
        {
            // Deleted and made again while nobody watched: another object that has the name.
            Tell(new ResourceEvent<T>(ResourceEventType.Deleted, old, null));
            Tell(new ResourceEvent<T>(ResourceEventType.Added, kept, null));
        }
        else if (old.Metadata.ResourceVersion != kept.Metadata.ResourceVersion)
        {
            Tell(new ResourceEvent<T>(ResourceEventType.Updated, kept, old));
        }
    }

    private void Drop(ObjectKey key, T? last)
    {
        if (Store.Remove(key) is { } old)
        {
            Tell(new ResourceEvent<T>(ResourceEventType.Deleted, last ?? old, null));
        }
    }

    private void Resync()
    {
        lock (_gate)
        {
            foreach (var item in Store.List())
            {
                Tell(new ResourceEvent<T>(ResourceEventType.Updated, item, item));
            }
        }
    }

    private void Tell(ResourceEvent<T> what)
    {
        foreach (var listener in _listeners)
        {
            listener.Tell(what);
        }
    }

    private void Leave(InformerListener<T> listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }
}
