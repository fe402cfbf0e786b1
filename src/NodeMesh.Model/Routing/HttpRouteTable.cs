using System.Collections.Frozen;
using System.Collections.Immutable;

namespace NodeMesh.Model.Routing;

/// <summary>
/// All matches of the HTTPRoutes of one parent, prepared for finding the one that goes first by the Gateway API: exact path, longest prefix, method, most
/// headers, most query parameters, then <see cref="RouteOrder"/>. Finding costs as much as the path has elements and the matches of those paths are, however
/// many other paths there are; only regular expressions are tried one by one.
/// </summary>
/// <typeparam name="TTarget">What is done where a match wins.</typeparam>
public sealed class HttpRouteTable<TTarget>
    where TTarget : class
{
    private readonly FrozenDictionary<string, ImmutableArray<RouteCandidate<HttpMatch, TTarget>>> _exact;
    private readonly FrozenDictionary<string, ImmutableArray<RouteCandidate<HttpMatch, TTarget>>> _prefixes;
    private readonly FrozenDictionary<string, ImmutableArray<RouteCandidate<HttpMatch, TTarget>>>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly ImmutableArray<RouteCandidate<HttpMatch, TTarget>> _patterns;

    /// <summary>Prepares matches.</summary>
    /// <param name="candidates">The matches, in any order.</param>
    public HttpRouteTable(IEnumerable<RouteCandidate<HttpMatch, TTarget>> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);

        // The sort is stable, so that the matches of one rule stay as they were written.
        var byKind = candidates.Order(Comparer<RouteCandidate<HttpMatch, TTarget>>.Create(Compare)).ToLookup(c => c.Match.Path.Kind);
        _exact = ByPath(byKind[PathMatchKind.Exact]);
        _prefixes = ByPath(byKind[PathMatchKind.Prefix]);
        _byPrefix = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        _patterns = [.. byKind[PathMatchKind.Pattern]];
    }

    /// <summary>Finds what is done with a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The target of the match that goes first; null when none matches.</returns>
    public TTarget? Find(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var path = request.Path;
        if (_exact.TryGetValue(path, out var exact) && First(exact, request) is { } found)
        {
            return found;
        }

        foreach (var candidate in _patterns)
        {
            if (candidate.Match.Matches(request))
            {
                return candidate.Target;
            }
        }

        return _prefixes.Count == 0 ? null : FindPrefix(path, request);
    }

    private static FrozenDictionary<string, ImmutableArray<RouteCandidate<HttpMatch, TTarget>>> ByPath(IEnumerable<RouteCandidate<HttpMatch, TTarget>> candidates) =>
        candidates.GroupBy(c => c.Match.Path.Value, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);

    private static TTarget? First(ImmutableArray<RouteCandidate<HttpMatch, TTarget>> candidates, IRequestFacts request)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Match.MatchesBesidePath(request))
            {
                return candidate.Target;
            }
        }

        return null;
    }

    private static int Compare(RouteCandidate<HttpMatch, TTarget> x, RouteCandidate<HttpMatch, TTarget> y)
    {
        var (a, b) = (x.Match, y.Match);
        var order = a.Path.Kind.CompareTo(b.Path.Kind);
        order = order != 0 ? order : b.Path.Value.Length.CompareTo(a.Path.Value.Length);
        order = order != 0 ? order : (b.Method is not null).CompareTo(a.Method is not null);
        order = order != 0 ? order : b.Headers.Count.CompareTo(a.Headers.Count);
        order = order != 0 ? order : b.QueryParameters.Count.CompareTo(a.QueryParameters.Count);
        return order != 0 ? order : RouteOrder.Compare(x.Order, y.Order);
    }

    // From the whole path to shorter ones, an element less each time; the last is the empty prefix, which every path has.
    private TTarget? FindPrefix(string path, IRequestFacts request)
    {
        var end = path.Length;
        while (true)
        {
            if (_byPrefix.TryGetValue(path.AsSpan(0, end), out var candidates) && First(candidates, request) is { } found)
            {
                return found;
            }

            if (end == 0)
            {
                return null;
            }

            end = Math.Max(0, path.LastIndexOf('/', end - 1));
        }
    }
}
