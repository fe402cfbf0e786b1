using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates SMI's TrafficSplit, with the HTTPRouteGroups that it names.</summary>
/// <param name="services">The services.</param>
/// <param name="groups">The HTTPRouteGroups.</param>
/// <param name="findings">Where to report.</param>
internal sealed class TrafficSplitTranslator(ServiceDirectory services, IEnumerable<ManifestDocument> groups, RouteFindings findings)
{
    private readonly Dictionary<NamespacedName, ManifestDocument> _groups = groups.ToDictionary(g => g.Key);

    /// <summary>The splits of each service: of two for one service the older counts.</summary>
    /// <param name="documents">The TrafficSplits.</param>
    /// <param name="attached">The oldest Gateway API route of a service, if there is one.</param>
    /// <returns>The splits, by service.</returns>
    public Dictionary<NamespacedName, OrderedRoutes> Translate(IEnumerable<ManifestDocument> documents, Func<NamespacedName, ResourceOrigin?> attached)
    {
        var splits = new Dictionary<NamespacedName, OrderedRoutes>();
        foreach (var document in documents.OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue).ThenBy(d => d.Key.ToString(), StringComparer.Ordinal))
        {
            var spec = ((TrafficSplitResource)document.Resource!).Spec;
            if (Find(document, spec.Service) is not { } root)
            {
                findings.NotFound(document, "spec.service", $"has no effect: there is no Service {document.Namespace}/{spec.Service}");
                continue;
            }

            if (splits.TryGetValue(root.Key, out var other))
            {
                findings.Overridden(document, "spec.service", $"has no effect: {other.Origin} is older and splits the same service");
                continue;
            }

            if (attached(root.Key) is { } route)
            {
                findings.Overridden(document, "spec.service", $"has no effect on what {route} is for: routes of the Gateway API go before a TrafficSplit");
            }

            splits[root.Key] = new OrderedRoutes
            {
                Origin = document.Origin,
                FallsThrough = true,
                Rules = [new OrderedRule(Matches(document, spec, out var never), Rule(document, spec))],
            };
            if (never)
            {
                splits.Remove(root.Key);
            }
        }

        return splits;
    }

    // SMI names services by their name in the split's own namespace; what implementations also took is the qualified name.
    private Service? Find(ManifestDocument document, string name) =>
        services.Find(document.Namespace, name) ?? services.FindHost(services.Qualify(document.Namespace, name), document.Namespace);

    private HttpRule Rule(ManifestDocument document, TrafficSplitSpec spec)
    {
        var backends = new List<RouteBackend>();
        foreach (var (i, backend) in spec.Backends.Index())
        {
            // A backend is dialled at the port that the client dialled.
            if (Find(document, backend.Service) is { } service)
            {
                backends.Add(new RouteBackend { Service = service.Key, Port = 0, Weight = backend.Weight });
                continue;
            }

            var detail = $"there is no Service {document.Namespace}/{backend.Service}";
            findings.NotFound(document, $"spec.backends[{i}].service", $"what falls to this backend fails: {detail}");
            backends.Add(new RouteBackend
            {
                Service = services.KeyOf(document.Namespace, backend.Service),
                Port = 0,
                Weight = backend.Weight,
                Fault = BackendFault.NotFound,
                FaultDetail = detail,
            });
        }

        return new HttpRule
        {
            Origin = new RuleOrigin(document.Origin, 0),
            FaultStatus = 503,
            Backends = [.. backends],
            Invalid = backends.Sum(b => (long)b.Weight) == 0 ? "all its backends have the weight 0" : null,
        };
    }

    private ValueList<OrderedMatch> Matches(ManifestDocument document, TrafficSplitSpec spec, out bool never)
    {
        var matches = new List<OrderedMatch>();
        foreach (var (i, reference) in spec.Matches.Index())
        {
            if (reference.Kind != "HTTPRouteGroup")
            {
                findings.NoEffect(document, $"spec.matches[{i}].kind", $"has no effect: {reference.Kind} cannot say which requests are split; write an HTTPRouteGroup");
            }
            else if (!_groups.TryGetValue(new NamespacedName(document.Namespace, reference.Name), out var group))
            {
                findings.NotFound(document, $"spec.matches[{i}].name", $"has no effect: there is no HTTPRouteGroup {document.Namespace}/{reference.Name}");
            }
            else
            {
                matches.AddRange(((HttpRouteGroupResource)group.Resource!).Spec.Matches.SelectMany(OfGroup));
            }
        }

        never = matches.Count == 0 && !spec.Matches.IsEmpty;
        return [.. matches];
    }

    // Methods of one match are ORed; headers are expressions, and so is the path.
    private static IEnumerable<OrderedMatch> OfGroup(RouteGroupMatch match)
    {
        var any = new OrderedMatch
        {
            Name = match.Name,
            Path = string.IsNullOrEmpty(match.PathRegex) ? null : TextMatch.Pattern(match.PathRegex),
            Headers = [.. match.Headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => new NamedMatch(h.Key, TextMatch.Pattern(h.Value)))],
        };
        return match.Methods.IsEmpty || match.Methods.Contains("*") ? [any] : match.Methods.Select(m => any with { Method = TextMatch.Exact(m) });
    }
}
