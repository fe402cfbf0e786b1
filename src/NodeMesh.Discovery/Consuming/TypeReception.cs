using System.Collections.Immutable;
using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Discovery.Serving;

namespace NodeMesh.Discovery.Consuming;

/// <summary>What the client holds of one type, across streams. Used by the client's loop only; the status is read from outside.</summary>
internal sealed class TypeReception(string typeUrl)
{
    // Of a resource that was accepted once and refused later: it differs from every version, so the server sends it again after a reconnect, or says that it is gone.
    private const string Outdated = "outdated";

    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);
    private volatile DiscoveryTypeStatus _status = new(typeUrl, 0, false, null, null);

    public DiscoveryTypeStatus Status => _status;

    /// <summary>The first request of a stream: everything, but what we hold need not come again.</summary>
    public DeltaDiscoveryRequest FirstRequest()
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = typeUrl };
        foreach (var (name, version) in _versions)
        {
            request.InitialResourceVersions[name] = version;
        }

        return request;
    }

    /// <summary>Applies a response.</summary>
    /// <returns>What was not accepted.</returns>
    public async ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DeltaDiscoveryResponse response, IDiscoveryHandler handler, TimeProvider time, CancellationToken cancellationToken)
    {
        var rejected = ImmutableArray.CreateBuilder<RejectedResource>();
        var added = ImmutableArray.CreateBuilder<DiscoveredResource>(response.Resources.Count);
        foreach (var resource in response.Resources)
        {
            try
            {
                added.Add(new DiscoveredResource(resource.Name, resource.Version, ResourceDecoder.Decode(typeUrl, resource)));
            }
            catch (DiscoveryFormatException e)
            {
                rejected.Add(new RejectedResource(resource.Name, e.Message));
            }
        }

        var isLast = response.SystemVersionInfo != DiscoveryMarkers.MoreFollows;
        var update = new DiscoveryUpdate(typeUrl, added.ToImmutable(), [.. response.RemovedResources], !_status.Synced, isLast);
        rejected.AddRange(await handler.ApplyAsync(update, cancellationToken));
        Remember(update, rejected);
        var reason = rejected.Count > 0 ? Describe(rejected) : null;
        _status = new DiscoveryTypeStatus(typeUrl, _versions.Count, _status.Synced || isLast, time.GetUtcNow(), reason ?? (response.Resources.Count > 0 ? null : _status.LastRejection));
        return rejected.ToImmutable();
    }

    public static string Describe(IReadOnlyCollection<RejectedResource> rejected)
    {
        // The NACK is for people; a thousand bad resources need no megabyte.
        const int shown = 20;
        var text = string.Join("; ", rejected.Take(shown).Select(r => r.Reason.StartsWith(r.Name, StringComparison.Ordinal) ? r.Reason : $"{r.Name}: {r.Reason}"));
        return rejected.Count > shown ? $"{text}; and {rejected.Count - shown} more" : text;
    }

    private void Remember(DiscoveryUpdate update, IReadOnlyCollection<RejectedResource> rejected)
    {
        foreach (var resource in update.Added)
        {
            _versions[resource.Name] = resource.Version;
        }

        foreach (var name in update.Removed)
        {
            _versions.Remove(name);
        }

        foreach (var resource in rejected)
        {
            // The handler may still hold an older content of the name; if it does not, a removal of an unknown name does no harm.
            _versions[resource.Name] = Outdated;
        }
    }
}
