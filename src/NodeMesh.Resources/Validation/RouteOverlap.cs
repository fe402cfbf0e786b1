using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Finds rules of a VirtualService that rules before them leave nothing to.</summary>
/// <param name="findings">Takes what is found.</param>
internal sealed class RouteOverlap(FindingCollector findings)
{
    /// <summary>Looks at all rules.</summary>
    /// <param name="spec">The spec.</param>
    public void Check(VirtualServiceSpec spec)
    {
        Check("spec.http", [.. spec.Http.Select((r, i) => (Name(r.Name, i), r.Match.Select((m, j) => (Name(m.Name, j), Text(m with { Name = null }))).ToImmutableArray()))]);
        Check("spec.tcp", [.. spec.Tcp.Select((r, i) => (Name(null, i), r.Match.Select((m, j) => (Name(null, j), Text(m))).ToImmutableArray()))]);
        Check("spec.tls", [.. spec.Tls.Select((r, i) => (Name(null, i), r.Match.Select((m, j) => (Name(null, j), Text(m))).ToImmutableArray()))]);
        CheckPrefixes(spec.Http);
    }

    private void Check(string path, ImmutableArray<(string Name, ImmutableArray<(string Name, string Text)> Matches)> rules)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var catchAll = false;
        for (var i = 0; i < rules.Length; i++)
        {
            var at = FieldPath.Index(path, i);
            var (name, matches) = rules[i];
            if (matches.IsEmpty)
            {
                if (catchAll)
                {
                    findings.Warn(FindingCodes.UnreachableRule, at, $"rule {name} is never used: a rule before it matches everything; give it a match, or remove it");
                }

                catchAll = true;
                continue;
            }

            var duplicates = 0;
            for (var j = 0; j < matches.Length; j++)
            {
                if (seen.TryGetValue(matches[j].Text, out var first))
                {
                    duplicates++;
                    findings.Inform(FindingCodes.IneffectiveMatch, $"{at}.match[{j}]", $"match {matches[j].Name} of rule {name} is never used: rule {rules[first].Name} has the same; remove it");
                }
                else
                {
                    seen.Add(matches[j].Text, i);
                }
            }

            if (duplicates == matches.Length)
            {
                findings.Warn(FindingCodes.UnreachableRule, at, $"rule {name} is never used: rules before it have all its matches; remove it");
            }
        }
    }

    // A prefix before a longer one takes its requests, where nothing else tells the two apart.
    private void CheckPrefixes(ImmutableArray<VirtualServiceHttpRoute> routes)
    {
        var prefixes = new List<(string Path, string Rule, string Name, HttpMatchRequest Match)>();
        for (var i = 0; i < routes.Length; i++)
        {
            for (var j = 0; j < routes[i].Match.Length; j++)
            {
                var match = routes[i].Match[j];
                if (string.IsNullOrEmpty(match.Uri?.Prefix))
                {
                    continue;
                }

                var current = (Path: $"spec.http[{i}].match[{j}]", Rule: Name(routes[i].Name, i), Name: Name(match.Name, j), Match: match);
                foreach (var earlier in prefixes.Where(p => p.Match.Uri!.Prefix != match.Uri.Prefix && Covers(p.Match, match)))
                {
                    findings.Inform(
                        FindingCodes.IneffectiveMatch, current.Path,
                        $"match {current.Name} (prefix {match.Uri.Prefix}) of rule {current.Rule} is never used: prefix {earlier.Match.Uri!.Prefix} of rule {earlier.Rule} comes first; put the longer prefix first");
                }

                prefixes.Add(current);
            }
        }
    }

    private static bool Covers(HttpMatchRequest earlier, HttpMatchRequest later) =>
        later.Uri!.Prefix!.StartsWith(earlier.Uri!.Prefix!, StringComparison.Ordinal)
        && (earlier.Port ?? 0) == (later.Port ?? 0)
        && Covers(earlier.Method ?? new StringMatch { Exact = "GET" }, later.Method ?? new StringMatch { Exact = "GET" })
        && Covers(earlier.Authority, later.Authority)
        && Covers(earlier.Headers, later.Headers)
        && Covers(earlier.QueryParams, later.QueryParams)
        && Covers(earlier.WithoutHeaders, later.WithoutHeaders)
        && earlier.SourceNamespace == later.SourceNamespace
        && earlier.Gateways.SequenceEqual(later.Gateways)
        && Text(earlier.SourceLabels) == Text(later.SourceLabels);

    private static bool Covers(ImmutableDictionary<string, StringMatch> earlier, ImmutableDictionary<string, StringMatch> later) =>
        earlier.Count == later.Count && earlier.All(e => later.TryGetValue(e.Key, out var match) && Covers(e.Value, match));

    private static bool Covers(StringMatch? earlier, StringMatch? later) =>
        earlier == later || (earlier?.Prefix is { } prefix && (later?.Exact ?? later?.Prefix)?.StartsWith(prefix, StringComparison.Ordinal) == true);

    private static string Text(ImmutableDictionary<string, string> labels) => string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    private static string Text<T>(T match)
        where T : class => ManifestWriter.ToJson(ManifestWriter.PartToNode(match));

    private static string Name(string? name, int index) => string.IsNullOrEmpty(name) ? $"#{index}" : $"\"{name}\"";
}
