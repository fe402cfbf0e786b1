using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Discovery;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>Informers of all kinds that are read; kinds of custom resources are picked up and dropped as the API server serves them.</summary>
internal sealed partial class ClusterWatch : IAsyncDisposable
{
    /// <summary>For API servers that do not let us watch definitions, and aggregated APIs, which have none.</summary>
    private static readonly TimeSpan AskServed = TimeSpan.FromMinutes(1);

    /// <summary>How often a list that has not come is looked at for the reason.</summary>
    private static readonly TimeSpan LookForReason = TimeSpan.FromMilliseconds(200);

    private readonly KubernetesClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<ClusterKind, Followed> _followed = [];
    private readonly HashSet<ClusterKind> _dropped = [];
    private readonly HashSet<ClusterKind> _withStatus = [];
    private readonly Task _following;
    private volatile Exception? _fault;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to watch.</summary>
    /// <param name="client">The API server; stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    public ClusterWatch(KubernetesClient client, TimeProvider time, ILogger log)
    {
        _client = client;
        _time = time;
        _log = log;
        _following = Task.Run(() => FollowAsync(_stop.Token));
    }

    /// <summary>Ends at the next change; to be asked for before the documents are read.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>For how long the oldest of the informers has had no open watch.</summary>
    public TimeSpan Staleness
    {
        get
        {
            lock (_gate)
            {
                return _followed.Values.Select(f => f.Informer.Staleness).DefaultIfEmpty(TimeSpan.Zero).Max();
            }
        }
    }

    /// <summary>The kind that is needed and may not be read, as a sentence; null for none.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Waits until every kind has been listed once, but for optional ones that may not be read.</summary>
    /// <param name="ct">Gives up.</param>
    public Task WaitForSyncAsync(CancellationToken ct) => _complete.Task.WaitAsync(ct);

    /// <summary>Reads what changed. To be called by one thread at a time.</summary>
    /// <returns>True when a document or finding changed.</returns>
    public bool Refresh()
    {
        if (_fault is { } fault)
        {
            throw new InvalidOperationException("the cluster is followed no longer", fault);
        }

        Followed[] all;
        bool changed;
        lock (_gate)
        {
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            all = [.. _followed.Values];
            changed = _dropped.Count > 0;
            _dropped.Clear();
        }

        foreach (var one in all)
        {
            changed |= one.Documents.Refresh(one.Informer.Store.List());
        }

        return changed;
    }

    /// <summary>The documents, as of the last <see cref="Refresh"/>.</summary>
    /// <param name="findings">Takes what is wrong with objects.</param>
    public IReadOnlyCollection<ManifestDocument> Documents(out ImmutableArray<Finding> findings)
    {
        lock (_gate)
        {
            findings = [.. _followed.Values.SelectMany(f => f.Documents.Findings)];
            return [.. _followed.Values.SelectMany(f => f.Documents.Documents)];
        }
    }

    /// <summary>Finds a resource that people write for the mesh.</summary>
    /// <param name="origin">The resource.</param>
    /// <returns>It as it is now; null when it is gone, or of a kind that is told nothing.</returns>
    public StatusTarget? Find(ResourceOrigin origin)
    {
        lock (_gate)
        {
            var one = _followed.Values.FirstOrDefault(f => f.Kind.IsTold && f.Kind.Kind.Kind == origin.Kind && f.Kind.Kind.Group == origin.Group);
            return one?.Informer.Store.Get(origin.Namespace, origin.Name) is { } found
                ? new StatusTarget(found, one.Informer.Kind, _withStatus.Contains(one.Kind))
                : null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var one in _followed.Values)
        {
            await one.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        try
        {
            foreach (var kind in ClusterKinds.All.Where(k => k.Required))
            {
                await FollowAsync(kind, new KubernetesKind(kind.Kind.Group, kind.Versions[0], kind.Kind.Kind, kind.Kind.Plural, kind.Kind.Namespaced), ct);
            }

            await foreach (var served in _client.Discovery.WatchServedAsync(AskServed, ct))
            {
                foreach (var kind in ClusterKinds.All.Where(k => !k.Required))
                {
                    await MatchAsync(kind, served, ct);
                }

                if (!_complete.Task.IsCompleted && !ClusterKinds.All.Any(k => Failed(served, k)))
                {
                    await WaitForListsAsync(ct);
                    _complete.TrySetResult();
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of ours: whoever reads hears of it, and begins anew.
            _fault = e;
            _complete.TrySetException(e);
            Signal();
            LogFaulted(_log, e);
        }
    }

    /// <summary>Follows a kind if it is served, in the version that it is served in. A group that does not answer just now says nothing about its kinds.</summary>
    private async Task MatchAsync(ClusterKind kind, ServedResources served, CancellationToken ct)
    {
        if (Failed(served, kind) || (kind.InsteadOf is { } better && Failed(served, better)))
        {
            return;
        }

        var found = Served(kind, served);
        NoteStatus(kind, found);
        var wanted = kind.InsteadOf is { } preferred && Served(preferred, served) is not null ? null : found?.Kind;
        var present = _followed.GetValueOrDefault(kind)?.Informer.Kind;
        var servedStill = present is not null && served.Find(kind.Kind.Group, kind.Kind.Kind, present.Version) is { IsWatchable: true };
        if ((servedStill && wanted is not null) || wanted == present)
        {
            return;
        }

        if (wanted is null)
        {
            await DropAsync(kind);
        }
        else
        {
            await FollowAsync(kind, wanted, ct);
        }
    }

    private static ServedResource? Served(ClusterKind kind, ServedResources served) =>
        served.Find(kind.Kind.Group, kind.Kind.Kind, kind.Versions) is { IsWatchable: true } found ? found : null;

    private void NoteStatus(ClusterKind kind, ServedResource? found)
    {
        lock (_gate)
        {
            if (found?.Subresources.Contains("status") == true)
            {
                _withStatus.Add(kind);
            }
            else
            {
                _withStatus.Remove(kind);
            }
        }
    }

    private static bool Failed(ServedResources served, ClusterKind kind) => served.Failed.Any(f => f.StartsWith(kind.Kind.Group + "/", StringComparison.Ordinal));

    private async Task FollowAsync(ClusterKind kind, KubernetesKind served, CancellationToken ct)
    {
        var informer = new SharedInformer<KubernetesObject>(_client.Resources(served), new InformerOptions<KubernetesObject>
        {
            Select = new ListOptions { LabelSelector = kind.LabelSelector },
            Transform = o => ObjectProjection.Shrink(kind, o),
        });
        var one = new Followed(kind, informer, new ClusterDocuments(kind), informer.Subscribe((_, _) =>
        {
            Signal();
            return ValueTask.CompletedTask;
        }));
        informer.Start();
        LogFollowing(_log, served.Resource, served.Version);
        Followed? old;
        lock (_gate)
        {
            old = _followed.GetValueOrDefault(kind);
        }

        if (old is not null)
        {
            // Another version of the same objects: the old ones stay until the new ones are here, for a policy must not be gone in between.
            await informer.WaitForSyncAsync(ct);
        }

        lock (_gate)
        {
            _followed[kind] = one;
            _dropped.Add(kind);
        }

        Signal();
        if (old is not null)
        {
            await old.DisposeAsync();
        }
    }

    private async Task DropAsync(ClusterKind kind)
    {
        Followed? one;
        lock (_gate)
        {
            _followed.Remove(kind, out one);
            _dropped.Add(kind);
        }

        Signal();
        if (one is not null)
        {
            LogDropped(_log, one.Informer.Kind.Resource);
            await one.DisposeAsync();
        }
    }

    private async Task WaitForListsAsync(CancellationToken ct)
    {
        foreach (var one in _followed.Values.ToList())
        {
            await WaitForListAsync(one, ct);
        }
    }

    /// <summary>Waits for a list. An optional kind that the API server does not let us read is gone without: its informer asks on, and what it reads later counts from then.</summary>
    private async Task WaitForListAsync(Followed one, CancellationToken ct)
    {
        var synced = one.Informer.WaitForSyncAsync(ct);
        while (await Task.WhenAny(synced, Task.Delay(LookForReason, _time, ct)) != synced)
        {
            ct.ThrowIfCancellationRequested();
            if (one.Informer.LastError is not KubernetesException { IsForbidden: true } refusal)
            {
                continue;
            }

            if (!one.Kind.IsNeeded)
            {
                LogGoneWithout(_log, one.Informer.Kind.Resource, refusal.Message);
                return;
            }

            if (Obstacle is null)
            {
                Obstacle = $"{one.Informer.Kind.Resource} may not be read, and the mesh is not served without them: grant the control plane's service account list and watch on them ({refusal.Message})";
                LogObstacle(_log, Obstacle);
            }
        }

        Obstacle = null;
        await synced;
    }

    private void Signal()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "reading {Resource} ({Version}) from the cluster")]
    private static partial void LogFollowing(ILogger logger, string resource, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resource} are served no longer")]
    private static partial void LogDropped(ILogger logger, string resource);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} may not be read: the mesh goes on without them until the control plane's service account has list and watch on them ({Reason})")]
    private static partial void LogGoneWithout(ILogger logger, string resource, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "not ready: {Reason}")]
    private static partial void LogObstacle(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "following the cluster met a fault")]
    private static partial void LogFaulted(ILogger logger, Exception exception);

    private sealed record Followed(ClusterKind Kind, SharedInformer<KubernetesObject> Informer, ClusterDocuments Documents, IAsyncDisposable Listener) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Listener.DisposeAsync();
            await Informer.DisposeAsync();
        }
    }
}
