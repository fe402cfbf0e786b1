using System.Collections.Immutable;

namespace NodeMesh.Model.Routing;

/// <summary>
/// All matches of the GRPCRoutes of one parent, in the Gateway API's order: longest service, longest method, most headers, then <see cref="RouteOrder"/>.
/// </summary>
/// <typeparam name="TTarget">What is done where a match wins.</typeparam>
public sealed class GrpcRouteTable<TTarget>
    where TTarget : class
{
    private readonly ImmutableArray<RouteCandidate<GrpcMatch, TTarget>> _candidates;

    /// <summary>Prepares matches.</summary>
    /// <param name="candidates">The matches, in any order.</param>
    public GrpcRouteTable(IEnumerable<RouteCandidate<GrpcMatch, TTarget>> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        _candidates = [.. candidates.Order(Comparer<RouteCandidate<GrpcMatch, TTarget>>.Create(Compare))];
    }

    /// <summary>Finds what is done with a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The target of the match that goes first; null when none matches.</returns>
    public TTarget? Find(IRequestFacts request)
    {
        foreach (var candidate in _candidates)
        {
            if (candidate.Match.Matches(request))
            {
                return candidate.Target;
            }
        }

        return null;
    }

    private static int Compare(RouteCandidate<GrpcMatch, TTarget> x, RouteCandidate<GrpcMatch, TTarget> y)
    {
        var (a, b) = (x.Match, y.Match);
        var order = Length(b.Service).CompareTo(Length(a.Service));
        order = order != 0 ? order : Length(b.Method).CompareTo(Length(a.Method));
        order = order != 0 ? order : b.Headers.Count.CompareTo(a.Headers.Count);
        return order != 0 ? order : RouteOrder.Compare(x.Order, y.Order);
    }

    private static int Length(TextMatch? match) => match?.Value.Length ?? 0;
}
