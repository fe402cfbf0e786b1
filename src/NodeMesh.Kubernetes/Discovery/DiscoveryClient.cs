using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Discovery;

/// <summary>Asks which kinds the API server serves.</summary>
public sealed class DiscoveryClient
{
    private readonly KubernetesClient _client;
    private readonly ApiTransport _transport;

    internal DiscoveryClient(KubernetesClient client, ApiTransport transport)
    {
        _client = client;
        _transport = transport;
    }

    /// <summary>The groups and their versions; the core group's name is empty.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The groups.</returns>
    public async Task<IReadOnlyList<V1APIGroup>> GetGroupsAsync(CancellationToken ct = default)
    {
        var core = await _client.GetAsync("/api", KubernetesJsonContext.Default.V1APIVersions, ct);
        var named = await _client.GetAsync("/apis", KubernetesJsonContext.Default.V1APIGroupList, ct);
        var versions = core.Versions.Select(v => new V1GroupVersionForDiscovery { GroupVersion = v, Version = v }).ToList();
        return [new V1APIGroup { Name = "", Versions = versions, PreferredVersion = versions.FirstOrDefault() }, .. named.Groups];
    }

    /// <summary>The resources of one version of a group.</summary>
    /// <param name="groupVersion">Such as <c>v1</c> or <c>apps/v1</c>.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The resources, with subresources folded into theirs.</returns>
    public async Task<IReadOnlyList<ServedResource>> GetResourcesAsync(string groupVersion, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(groupVersion);
        var slash = groupVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", groupVersion) : (groupVersion[..slash], groupVersion[(slash + 1)..]);
        var list = await _client.GetAsync((slash < 0 ? "/api/" : "/apis/") + groupVersion, KubernetesJsonContext.Default.V1APIResourceList, ct);
        var subresources = list.Resources.Where(r => r.Name?.Contains('/', StringComparison.Ordinal) == true)
            .Select(r => r.Name!.Split('/', 2)).ToLookup(p => p[0], p => p[1]);
        return
        [
            .. list.Resources.Where(r => r.Name?.Contains('/', StringComparison.Ordinal) == false).Select(r => new ServedResource(
                new KubernetesKind(group, version, r.Kind ?? "", r.Name!, r.Namespaced), [.. r.Verbs ?? []], [.. r.ShortNames ?? []], [.. subresources[r.Name!]])),
        ];
    }

    /// <summary>Everything that is served.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The kinds. Groups that cannot be read are named in <see cref="ServedResources.Failed"/>.</returns>
    public async Task<ServedResources> GetServedAsync(CancellationToken ct = default)
    {
        var versions = (await GetGroupsAsync(ct)).SelectMany(Versions).ToList();
        var answers = await Task.WhenAll(versions.Select(v => TryGetAsync(v, ct)));
        var failed = versions.Where((_, i) => answers[i] is null).ToImmutableArray();
        return new ServedResources([.. answers.OfType<IReadOnlyList<ServedResource>>().SelectMany(a => a)], failed);
    }

    /// <summary>Follows what is served: asks anew when a CustomResourceDefinition changes (where the caller may watch those), and now and then.</summary>
    /// <param name="period">How often to ask in any case; for aggregated APIs, and callers that may not watch definitions.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>What is served now, and then each time that it changed.</returns>
    /// <remarks>While the API server is away nothing comes.</remarks>
    public async IAsyncEnumerable<ServedResources> WatchServedAsync(TimeSpan period, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var bell = new DefinitionBell();
        var logger = (_transport.Options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("NodeMesh.Kubernetes.Discovery");
        var reflector = new Reflector<V1CustomResourceDefinition>(_client.Resources(KubernetesKinds.CustomResourceDefinitions), new ListOptions(), true, bell, logger);
        var listening = Task.Run(() => reflector.RunAsync(stop.Token), CancellationToken.None);
        try
        {
            ServedResources? last = null;
            var pause = new Backoff(TimeSpan.FromMilliseconds(200), period);
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                var now = await TryGetServedAsync(ct);
                if (now is not null && (last is null || !now.SameAs(last)))
                {
                    last = now;
                    pause.Reset();
                    yield return now;
                }

                // The server announces a definition before it serves the kind (or ceases to), some hundred milliseconds: ask at growing intervals.
                var next = pause.Next();
                if (await bell.WaitAsync(next < period ? next : period, _transport.Options.Time, ct))
                {
                    pause.Reset();
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await listening;
        }
    }

    private static IEnumerable<string> Versions(V1APIGroup group)
    {
        var preferred = group.PreferredVersion?.GroupVersion;
        return group.Versions.Select(v => v.GroupVersion!).Where(v => v is not null).OrderBy(v => v == preferred ? 0 : 1);
    }

    private async Task<IReadOnlyList<ServedResource>?> TryGetAsync(string groupVersion, CancellationToken ct)
    {
        try
        {
            return await GetResourcesAsync(groupVersion, ct);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // Gone between the two questions.
            return [];
        }
        catch (KubernetesException)
        {
            return null;
        }
    }

    private async Task<ServedResources?> TryGetServedAsync(CancellationToken ct)
    {
        try
        {
            return await GetServedAsync(ct);
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            return null;
        }
    }
}
