using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Merges the matches of a route that delegates with those of the delegate: both must hold.</summary>
internal static class DelegateMatches
{
    /// <summary>Merges.</summary>
    /// <param name="root">The matches of the route that delegates.</param>
    /// <param name="leaf">Those of the delegate's route.</param>
    /// <returns>The matches; null when every pair of them contradicts the other.</returns>
    public static ImmutableArray<HttpMatchRequest>? Merge(ImmutableArray<HttpMatchRequest> root, ImmutableArray<HttpMatchRequest> leaf)
    {
        if (root.IsEmpty || leaf.IsEmpty)
        {
            return root.IsEmpty ? leaf : root;
        }

        ImmutableArray<HttpMatchRequest> merged = [.. root.SelectMany(r => leaf.Where(l => !Contradict(r, l)).Select(l => Merge(r, l)))];
        return merged.IsEmpty ? null : merged;
    }

    private static HttpMatchRequest Merge(HttpMatchRequest root, HttpMatchRequest leaf) => leaf with
    {
        Name = (root.Name, leaf.Name) switch { (null, _) => leaf.Name, (_, null) => root.Name, var (a, b) => $"{a}-{b}" },
        Uri = leaf.Uri ?? root.Uri,
        Scheme = leaf.Scheme ?? root.Scheme,
        Method = leaf.Method ?? root.Method,
        Authority = leaf.Authority ?? root.Authority,
        Headers = root.Headers.SetItems(leaf.Headers),
        WithoutHeaders = root.WithoutHeaders.SetItems(leaf.WithoutHeaders),
        QueryParams = root.QueryParams.SetItems(leaf.QueryParams),
        Port = leaf.Port ?? root.Port,
        SourceLabels = root.SourceLabels.SetItems(leaf.SourceLabels),
        SourceNamespace = leaf.SourceNamespace ?? root.SourceNamespace,
        Gateways = leaf.Gateways.IsEmpty ? root.Gateways : leaf.Gateways,
        IgnoreUriCase = leaf.IgnoreUriCase ?? root.IgnoreUriCase,
        StatPrefix = leaf.StatPrefix ?? root.StatPrefix,
    };

    private static bool Contradict(HttpMatchRequest root, HttpMatchRequest leaf) =>
        Contradict(root.Uri, leaf.Uri)
        || Contradict(root.Scheme, leaf.Scheme)
        || Contradict(root.Method, leaf.Method)
        || Contradict(root.Authority, leaf.Authority)
        || Contradict(root.Headers, leaf.Headers)
        || Contradict(root.WithoutHeaders, leaf.WithoutHeaders)
        || Contradict(root.QueryParams, leaf.QueryParams)
        || (root.IgnoreUriCase ?? false) != (leaf.IgnoreUriCase ?? false)
        || (root.Port is { } port && leaf.Port is { } other && port != other)
        || root.SourceLabels.Any(l => leaf.SourceLabels.TryGetValue(l.Key, out var value) && value != l.Value)
        || (!string.IsNullOrEmpty(root.SourceNamespace) && !string.IsNullOrEmpty(leaf.SourceNamespace) && root.SourceNamespace != leaf.SourceNamespace)
        || leaf.Gateways.Any(g => !root.Gateways.IsEmpty && !root.Gateways.Contains(g));

    private static bool Contradict(ImmutableDictionary<string, StringMatch> root, ImmutableDictionary<string, StringMatch> leaf) =>
        root.Any(m => leaf.TryGetValue(m.Key, out var other) && Contradict(m.Value, other));

    // What the delegate says must be within what the root says; of expressions that cannot be told.
    private static bool Contradict(StringMatch? root, StringMatch? leaf) => (root, leaf) switch
    {
        (null, _) or (_, null) => false,
        ({ Regex: not null }, _) or (_, { Regex: not null }) => root != leaf,
        ({ Exact: { } exact }, _) => leaf.Exact != exact,
        ({ Prefix: { } prefix }, { Prefix: { } inner }) => !inner.StartsWith(prefix, StringComparison.Ordinal),
        ({ Prefix: { } prefix }, { Exact: { } inner }) => !inner.StartsWith(prefix, StringComparison.Ordinal),
        _ => false,
    };
}
