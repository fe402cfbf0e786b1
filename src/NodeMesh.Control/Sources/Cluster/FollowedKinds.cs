using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Discovery;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>
/// The kinds that are followed, as definitions come, go and change their versions. No kind waits for another: one that moves to another version keeps its objects until the new ones
/// are here, and one that ceases to be served in a version that is read keeps them until its definition is gone. Changed by one thread at a time; what it has may be read by any.
/// </summary>
/// <param name="client">The API server; stays the caller's.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
/// <param name="signal">Called when something changed.</param>
internal sealed partial class FollowedKinds(KubernetesClient client, TimeProvider time, ILogger log, Action signal) : IAsyncDisposable
{
    /// <summary>How long the API server may answer with errors before the mesh goes on without a kind: it, and a webhook that converts versions, may just be starting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ClusterKind, FollowedKind> _followed = [];
    private readonly HashSet<ClusterKind> _withStatus = [];
    private readonly Dictionary<ClusterKind, FollowedKind> _successors = [];
    private readonly Dictionary<ClusterKind, (ImmutableArray<string> Versions, long Since)> _unserved = [];
    private readonly Dictionary<ClusterKind, long> _undiscovered = [];
    private bool _matched;
    private bool _replaced;

    /// <summary>What is in effect now.</summary>
    public ImmutableArray<FollowedKind> Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _followed.Values];
            }
        }
    }

    /// <summary>What is in effect now, for whoever reads the objects.</summary>
    /// <param name="replaced">True when a kind came, went or changed its version since the last time that this was asked.</param>
    public ImmutableArray<FollowedKind> Take(out bool replaced)
    {
        lock (_gate)
        {
            replaced = _replaced;
            _replaced = false;
            return [.. _followed.Values];
        }
    }

    /// <summary>Whether a kind has a status that can be written.</summary>
    /// <param name="kind">The kind.</param>
    public bool HasStatus(ClusterKind kind)
    {
        lock (_gate)
        {
            return _withStatus.Contains(kind);
        }
    }

    /// <summary>Follows what every cluster has.</summary>
    /// <returns>When it is followed.</returns>
    public async Task FollowRequiredAsync()
    {
        foreach (var kind in ClusterKinds.All.Where(k => k.Required))
        {
            await FollowAsync(kind, new KubernetesKind(kind.Kind.Group, kind.Versions[0], kind.Kind.Kind, kind.Kind.Plural, kind.Kind.Namespaced));
        }
    }

    /// <summary>Follows the other kinds as they are served.</summary>
    /// <param name="served">What is served now.</param>
    /// <param name="ct">Gives up.</param>
    public async Task MatchAsync(ServedResources served, CancellationToken ct)
    {
        foreach (var kind in ClusterKinds.All.Where(k => !k.Required))
        {
            if (Failed(served, kind) || (kind.InsteadOf is { } better && Failed(served, better)))
            {
                // A group that does not answer just now says nothing about its kinds.
                _undiscovered.TryAdd(kind, time.GetTimestamp());
                continue;
            }

            _undiscovered.Remove(kind);
            await MatchAsync(kind, served, ct);
        }

        _matched = true;
    }

    /// <summary>Puts in effect what has been listed meanwhile, and says how the kinds stand.</summary>
    /// <param name="ct">Gives up.</param>
    public async Task<Settlement> SettleAsync(CancellationToken ct)
    {
        foreach (var (kind, next) in _successors.Where(s => s.Value.Informer.HasSynced).ToList())
        {
            _successors.Remove(kind);
            await ReplaceAsync(kind, next);
        }

        foreach (var kind in _unserved.Keys.ToList())
        {
            // What is defined and not served may go without a change of what is served.
            if (await IsDefinedAsync(kind, ct) == false)
            {
                await DropAsync(kind);
            }
        }

        return Look();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in _followed.Values.Concat(_successors.Values))
        {
            await one.DisposeAsync();
        }
    }

    private Settlement Look()
    {
        var complete = _matched;
        var troubles = ImmutableArray.CreateBuilder<KindTrouble>();
        var pending = ImmutableArray.CreateBuilder<Task>();
        foreach (var one in Current)
        {
            var answer = one.Hindrance(Patience);
            if (one.Informer.HasSynced)
            {
                if (answer is not null && !_successors.ContainsKey(one.Kind) && !_unserved.ContainsKey(one.Kind))
                {
                    troubles.Add(KindTrouble.Unwatched(one.Kind, answer));
                }

                continue;
            }

            complete &= answer is not null && !one.Kind.IsNeeded;
            pending.Add(one.Informer.WaitForSyncAsync(CancellationToken.None));
            if (answer is not null)
            {
                troubles.Add(KindTrouble.Unlisted(one.Kind, answer));
            }
        }

        foreach (var (kind, next) in _successors)
        {
            pending.Add(next.Informer.WaitForSyncAsync(CancellationToken.None));
            if (next.Hindrance(Patience) is { } answer)
            {
                troubles.Add(KindTrouble.Moved(kind, next.Informer.Kind.Version, answer));
            }
        }

        foreach (var (kind, (versions, since)) in _unserved)
        {
            var lasts = time.GetElapsedTime(since) >= Patience;
            var present = _followed.ContainsKey(kind);
            complete &= present || (lasts && !kind.IsNeeded);
            if (lasts)
            {
                troubles.Add(KindTrouble.Unserved(kind, versions, present));
            }
        }

        foreach (var (kind, since) in _undiscovered.Where(u => !_followed.ContainsKey(u.Key)))
        {
            var lasts = time.GetElapsedTime(since) >= Patience;
            complete &= lasts && !kind.IsNeeded;
            if (lasts)
            {
                troubles.Add(KindTrouble.Undiscovered(kind));
            }
        }

        return new Settlement(complete, troubles.ToImmutable(), pending.ToImmutable());
    }

    /// <summary>Follows a kind if it is served, in the version that it is served in.</summary>
    private async Task MatchAsync(ClusterKind kind, ServedResources served, CancellationToken ct)
    {
        var found = Served(kind, served);
        NoteStatus(kind, found);
        var wanted = kind.InsteadOf is { } preferred && Served(preferred, served) is not null ? null : found?.Kind;
        var present = _followed.GetValueOrDefault(kind)?.Informer.Kind;
        if (wanted is null)
        {
            // A server that is just starting may not serve what is defined; and one that serves it in other versions alone has the objects still. Only a definition that is gone took them along.
            var mayBeThere = kind.IsMeshKind && (present is not null || kind.IsNeeded);
            if (mayBeThere && await IsDefinedAsync(kind, ct) is var defined && (defined ?? kind.IsNeeded && present is not null))
            {
                var versions = served.All.Where(s => s.Kind.Group == kind.Kind.Group && s.Kind.Kind == kind.Kind.Kind).Select(s => s.Kind.Version).Distinct().ToImmutableArray();
                _unserved[kind] = (versions, _unserved.TryGetValue(kind, out var before) ? before.Since : time.GetTimestamp());
            }
            else if (present is not null || _unserved.ContainsKey(kind))
            {
                await DropAsync(kind);
            }

            return;
        }

        _unserved.Remove(kind);
        var servedStill = present is not null && served.Find(kind.Kind.Group, kind.Kind.Kind, present.Version) is { IsWatchable: true };
        if (!servedStill && wanted != present)
        {
            await FollowAsync(kind, wanted);
        }
        else if (_successors.Remove(kind, out var needless))
        {
            await needless.DisposeAsync();
        }
    }

    /// <summary>
    /// Whether the definition of a kind is there, and not on its way out; null when that cannot be known. A server that fails to answer may have it: taken for
    /// gone, it would open what its objects protect until the next look.
    /// </summary>
    private async Task<bool?> IsDefinedAsync(ClusterKind kind, CancellationToken ct)
    {
        try
        {
            var named = new ListOptions { FieldSelector = $"metadata.name={kind.Kind.Plural}.{kind.Kind.Group}" };
            return (await client.Resources(KubernetesKinds.CustomResourceDefinitions).ListAsync(named, ct)).Items is [{ Metadata.DeletionTimestamp: null }];
        }
        catch (KubernetesException e) when (e.IsForbidden || e.IsNotFound)
        {
            return null;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            return true;
        }
    }

    private static ServedResource? Served(ClusterKind kind, ServedResources served) =>
        served.Find(kind.Kind.Group, kind.Kind.Kind, kind.Versions) is { IsWatchable: true } found ? found : null;

    private static bool Failed(ServedResources served, ClusterKind kind) => served.Failed.Any(f => f.StartsWith(kind.Kind.Group + "/", StringComparison.Ordinal));

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

    private async Task FollowAsync(ClusterKind kind, KubernetesKind served)
    {
        if (_successors.TryGetValue(kind, out var waiting))
        {
            if (waiting.Informer.Kind == served)
            {
                return;
            }

            _successors.Remove(kind);
            await waiting.DisposeAsync();
        }

        var informer = new SharedInformer<KubernetesObject>(client.Resources(served), new InformerOptions<KubernetesObject>
        {
            Select = new ListOptions { LabelSelector = kind.LabelSelector },
            Transform = o => ObjectProjection.Shrink(kind, o),
        });
        var documents = _followed.TryGetValue(kind, out var old) ? old.Documents : new ClusterDocuments(kind);
        var one = new FollowedKind(kind, informer, documents, informer.Subscribe((_, _) =>
        {
            signal();
            return ValueTask.CompletedTask;
        }));
        informer.Start();
        LogFollowing(log, served.Resource, served.Version);
        if (old is null)
        {
            await ReplaceAsync(kind, one);
        }
        else
        {
            // Another version of the same objects: the old ones stay until the new ones are here, for a policy must not be gone in between.
            _successors[kind] = one;
        }
    }

    private async Task DropAsync(ClusterKind kind)
    {
        _unserved.Remove(kind);
        if (_successors.Remove(kind, out var next))
        {
            await next.DisposeAsync();
        }

        if (_followed.TryGetValue(kind, out var one))
        {
            LogDropped(log, one.Informer.Kind.Resource);
            await ReplaceAsync(kind, null);
        }
    }

    private async Task ReplaceAsync(ClusterKind kind, FollowedKind? next)
    {
        FollowedKind? old;
        lock (_gate)
        {
            _followed.Remove(kind, out old);
            if (next is not null)
            {
                _followed[kind] = next;
            }

            _replaced = true;
        }

        signal();
        if (old is not null)
        {
            await old.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "reading {Resource} ({Version}) from the cluster")]
    private static partial void LogFollowing(ILogger logger, string resource, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resource} are served no longer")]
    private static partial void LogDropped(ILogger logger, string resource);
}
