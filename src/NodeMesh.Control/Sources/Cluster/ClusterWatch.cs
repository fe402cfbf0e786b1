using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeMesh.Kubernetes;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>Informers of all kinds that are read; kinds of custom resources are picked up and dropped as the API server serves them.</summary>
internal sealed partial class ClusterWatch : IAsyncDisposable
{
    /// <summary>For API servers that do not let us watch definitions, and aggregated APIs, which have none.</summary>
    private static readonly TimeSpan AskServed = TimeSpan.FromMinutes(1);

    /// <summary>How often the kinds are looked at while something is waited for, and when all is well.</summary>
    private static readonly (TimeSpan Waiting, TimeSpan Calm) Look = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));

    private readonly KubernetesClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FollowedKinds _kinds;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Task _following;
    private volatile Exception? _fault;
    private volatile IReadOnlyList<KindTrouble> _troubles = [];
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
        _kinds = new FollowedKinds(client, time, log, Signal);
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
    public TimeSpan Staleness => _kinds.Current.Select(f => f.Informer.Staleness).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>Kinds that cannot be read as they should be.</summary>
    public IReadOnlyList<KindTrouble> Troubles => _troubles;

    /// <summary>The kind without which the mesh is not served, as a sentence; null for none.</summary>
    public string? Obstacle => _complete.Task.IsCompleted ? null : _troubles.FirstOrDefault(t => t.Blocks)?.Sentence;

    /// <summary>Waits until every kind has been listed once, but for those that the mesh goes on without.</summary>
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

        lock (_gate)
        {
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var all = _kinds.Take(out var changed);
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
        var all = _kinds.Current;
        findings = [.. all.SelectMany(f => f.Documents.Findings)];
        return [.. all.SelectMany(f => f.Documents.Documents)];
    }

    /// <summary>Finds a resource that people write for the mesh.</summary>
    /// <param name="origin">The resource.</param>
    /// <returns>It as it is now; null when it is gone, or of a kind that is told nothing.</returns>
    public StatusTarget? Find(ResourceOrigin origin)
    {
        var one = _kinds.Current.FirstOrDefault(f => f.Kind.IsTold && f.Kind.Kind.Kind == origin.Kind && f.Kind.Kind.Group == origin.Group);
        return one?.Informer.Store.Get(origin.Namespace, origin.Name) is { } found ? new StatusTarget(found, one.Informer.Kind, _kinds.HasStatus(one.Kind), one.Kind.TakesParents) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _kinds.DisposeAsync();
        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        try
        {
            await _kinds.FollowRequiredAsync();
            await FollowServedAsync(ct);
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

    private async Task FollowServedAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var served = _client.Discovery.WatchServedAsync(AskServed, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = served.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                var settlement = await _kinds.SettleAsync(stop.Token);
                Report(settlement.Troubles);
                if (settlement.Complete)
                {
                    _complete.TrySetResult();
                }

                // No list is waited for alone: meanwhile its kind may go, and others come.
                var pause = Task.Delay(_complete.Task.IsCompleted ? Look.Calm : Look.Waiting, _time, stop.Token);
                var first = await Task.WhenAny([next, pause, .. settlement.Pending]);
                stop.Token.ThrowIfCancellationRequested();
                if (first == next && await next)
                {
                    await _kinds.MatchAsync(served.Current, stop.Token);
                    next = served.MoveNextAsync().AsTask();
                }
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await served.DisposeAsync();
        }
    }

    /// <summary>Says what is new, and what is over. The words of the API server may differ each time: a trouble is the same while its effect is.</summary>
    private void Report(ImmutableArray<KindTrouble> now)
    {
        var before = _troubles;
        foreach (var trouble in now.Where(t => !before.Any(b => b.Kind == t.Kind && b.Effect == t.Effect)))
        {
            LogTrouble(_log, trouble.Blocks ? LogLevel.Error : LogLevel.Warning, trouble.Blocks ? "not ready: " : "", trouble.Sentence);
        }

        foreach (var over in before.Where(b => !now.Any(t => t.Kind == b.Kind)))
        {
            LogOver(_log, over.Resource);
        }

        _troubles = now;
    }

    private void Signal()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
        }
    }

    [LoggerMessage(Message = "{State}{Trouble}")]
    private static partial void LogTrouble(ILogger logger, LogLevel level, string state, string trouble);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resource} are read as they should be, or are gone")]
    private static partial void LogOver(ILogger logger, string resource);

    [LoggerMessage(Level = LogLevel.Critical, Message = "following the cluster met a fault")]
    private static partial void LogFaulted(ILogger logger, Exception exception);
}
