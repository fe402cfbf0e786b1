using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Compilation;
using NodeMesh.Control.Status;
using NodeMesh.Kubernetes;
using NodeMesh.Model;
using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>Compiles the resources of a cluster, again after every change.</summary>
/// <param name="client">The API server; stays the caller's.</param>
/// <param name="mesh">The mesh.</param>
/// <param name="statuses">Takes what became of each resource; null: nobody is told.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes what is wrong with resources.</param>
internal sealed class KubernetesSource(KubernetesClient client, MeshSettings mesh, IStatusSink? statuses, TimeProvider time, ILogger<KubernetesSource> log)
    : IMeshConfigurationSource, IObservableSource
{
    /// <summary>Changes of so long are gathered: an <c>apply</c> or a rollout is many, and nobody notices the wait.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(50);

    private readonly SourceCompiler _compiler = new(new MeshCompiler(mesh).Compile, time, log);
    private volatile ClusterWatch? _watch;

    /// <summary>For how long the oldest part of the configuration has not been watched; null before the start.</summary>
    public TimeSpan? Staleness => _watch?.Staleness;

    /// <summary>Finds a resource that people are told of.</summary>
    /// <param name="origin">The resource.</param>
    /// <returns>It as it is now; null when there is none.</returns>
    public StatusTarget? Find(ResourceOrigin origin) => _watch?.Find(origin);

    /// <inheritdoc/>
    string? IObservableSource.Obstacle => _watch?.Obstacle;

    /// <inheritdoc/>
    IReadOnlyList<string> IObservableSource.Troubles => [.. _watch?.Troubles.Select(t => t.Sentence) ?? []];

    /// <inheritdoc/>
    MeshExplainer? IObservableSource.CreateExplainer() => _compiler.Last?.Explain(mesh);

    /// <inheritdoc/>
    /// <remarks>To be called once.</remarks>
    public async IAsyncEnumerable<CompiledMesh> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var watch = new ClusterWatch(client, time, log);
        _watch = watch;

        // Nothing is yielded before everything was listed: proxies would take a half for the removal of the rest.
        await watch.WaitForSyncAsync(cancellationToken);
        CompiledMesh? current = null;
        while (true)
        {
            var changed = watch.Refresh();
            var next = watch.Changed;
            if ((changed || current is null) && _compiler.Compile(() => (watch.Documents(out var findings), findings)) is { } result)
            {
                statuses?.Take(result.Statuses);
                if (!ReferenceEquals(result.Mesh, current))
                {
                    current = result.Mesh;
                    yield return current;
                }
            }

            await next.WaitAsync(cancellationToken);
            await Task.Delay(Debounce, time, cancellationToken);
        }
    }
}
