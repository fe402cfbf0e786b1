using System.Collections.Frozen;

namespace NodeMesh.Model.Routing;

/// <summary>
/// An ordered list prepared for finding its first rule that matches. Matches that ask for one whole path are found by it; only the others are tried one by
/// one, and only those that come before the one found.
/// </summary>
public sealed class OrderedRouteTable
{
    private readonly Entry[] _others;
    private readonly FrozenDictionary<string, Entry[]> _exact;

    /// <summary>Prepares a list.</summary>
    /// <param name="routes">The list.</param>
    public OrderedRouteTable(OrderedRoutes routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        Routes = routes;
        var entries = routes.Rules
            .SelectMany(r => r.Matches.IsEmpty ? [(Match: new OrderedMatch(), r.Action)] : r.Matches.Select(m => (Match: m, r.Action)))
            .Select((e, place) => new Entry(place, e.Match, new RouteMatch(e.Action, e.Match.MatchedPrefix)))
            .ToLookup(e => e.Match.Path is { Kind: TextMatchKind.Exact, IgnoreCase: false });
        _others = [.. entries[false]];
        _exact = entries[true].GroupBy(e => e.Match.Path!.Value, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The list.</summary>
    public OrderedRoutes Routes { get; }

    /// <summary>Finds the first rule that matches.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">The request.</param>
    /// <returns>The rule; null when none matches.</returns>
    public RouteMatch? Find(in RouteClient client, IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Entry? best = null;
        if (_exact.TryGetValue(request.Path, out var exact))
        {
            foreach (var entry in exact)
            {
                if (entry.Match.Matches(client, request))
                {
                    best = entry;
                    break;
                }
            }
        }

        foreach (var entry in _others)
        {
            if (best is not null && entry.Place > best.Place)
            {
                break;
            }

            if (entry.Match.Matches(client, request))
            {
                return entry.Target;
            }
        }

        return best?.Target;
    }

    private sealed record Entry(int Place, OrderedMatch Match, RouteMatch Target);
}
