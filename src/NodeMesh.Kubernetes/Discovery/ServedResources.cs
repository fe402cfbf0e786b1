using System.Collections.Immutable;

namespace NodeMesh.Kubernetes.Discovery;

/// <summary>What the API server serves, at one moment.</summary>
public sealed class ServedResources
{
    private readonly Dictionary<(string Group, string Kind), List<ServedResource>> _byKind = [];
    private readonly string _fingerprint;

    internal ServedResources(IReadOnlyList<ServedResource> resources, ImmutableArray<string> failed)
    {
        All = [.. resources];
        Failed = failed;
        foreach (var resource in resources)
        {
            var key = (resource.Kind.Group, resource.Kind.Kind);
            if (!_byKind.TryGetValue(key, out var versions))
            {
                _byKind[key] = versions = [];
            }

            versions.Add(resource);
        }

        var kinds = resources.Select(r => $"{r.Kind.ApiVersion} {r.Kind.Plural} {string.Join(',', r.Verbs)} {string.Join(',', r.Subresources)}");
        _fingerprint = string.Join('\n', kinds.Concat(failed.Select(f => $"? {f}")).Order(StringComparer.Ordinal));
    }

    /// <summary>All kinds in all served versions; within a group, the server's preferred version comes first.</summary>
    public ImmutableArray<ServedResource> All { get; }

    /// <summary>Versions of groups that could not be read: an aggregated API server that is away says nothing of its kinds, which may exist nevertheless.</summary>
    public ImmutableArray<string> Failed { get; }

    /// <summary>A kind in its preferred version.</summary>
    /// <param name="group">The group.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>It; null where it is not served.</returns>
    public ServedResource? Find(string group, string kind) => _byKind.TryGetValue((group, kind), out var versions) ? versions[0] : null;

    /// <summary>A kind in the first of some versions that is served.</summary>
    /// <param name="group">The group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="versions">The versions, best first.</param>
    /// <returns>It; null where none is served.</returns>
    public ServedResource? Find(string group, string kind, params ReadOnlySpan<string> versions)
    {
        if (!_byKind.TryGetValue((group, kind), out var served))
        {
            return null;
        }

        foreach (var version in versions)
        {
            if (served.Find(r => r.Kind.Version == version) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>A kind by what people type: plural, kind, short name, with or without the group.</summary>
    /// <param name="typed">Such as <c>po</c>, <c>pods</c>, <c>Pod</c>, <c>httproutes.gateway.networking.k8s.io</c>.</param>
    /// <returns>It; null where nothing is called so.</returns>
    public ServedResource? Resolve(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var dot = typed.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? typed : typed[..dot];
        var group = dot < 0 ? null : typed[(dot + 1)..];
        return All.FirstOrDefault(r => (group is null || r.Kind.Group == group)
            && (r.Kind.Plural == name || r.ShortNames.Contains(name) || string.Equals(r.Kind.Kind, name, StringComparison.OrdinalIgnoreCase)));
    }

    internal bool SameAs(ServedResources other) => _fingerprint == other._fingerprint;
}
