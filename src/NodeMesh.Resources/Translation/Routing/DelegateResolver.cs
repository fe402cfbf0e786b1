using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Puts the routes of delegates in the place of those that delegate to them.</summary>
/// <param name="virtualServices">All VirtualServices.</param>
/// <param name="findings">Where to report.</param>
internal sealed class DelegateResolver(IEnumerable<ManifestDocument> virtualServices, RouteFindings findings)
{
    private readonly Dictionary<NamespacedName, ManifestDocument> _delegates =
        virtualServices.Where(d => ((VirtualServiceResource)d.Resource!).Spec is { Hosts.IsEmpty: true }).ToDictionary(d => d.Key);

    /// <summary>Expands a route.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="field">The route's field.</param>
    /// <param name="route">The route.</param>
    /// <returns>The route itself, or the delegate's routes with what the root says filled in; each with the resource and field where it is written.</returns>
    public IEnumerable<(ManifestDocument Document, string Field, VirtualServiceHttpRoute Route)> Expand(ManifestDocument document, string field, VirtualServiceHttpRoute route)
    {
        if (route.Delegate is not { Name: { } name } reference)
        {
            return [(document, field, route)];
        }

        var key = new NamespacedName(string.IsNullOrEmpty(reference.Namespace) ? document.Namespace : reference.Namespace, name);
        if (!_delegates.TryGetValue(key, out var target))
        {
            findings.NotFound(document, $"{field}.delegate", $"there is no VirtualService {key} without hosts: the route is left out");
            return [];
        }

        var spec = ((VirtualServiceResource)target.Resource!).Spec!;
        if (!IsVisible(spec.ExportTo, target.Namespace, document.Namespace))
        {
            findings.NotFound(document, $"{field}.delegate", $"VirtualService {key} is not exported to namespace {document.Namespace}: the route is left out");
            return [];
        }

        return Merge(target, spec, route);
    }

    private IEnumerable<(ManifestDocument, string, VirtualServiceHttpRoute)> Merge(ManifestDocument target, VirtualServiceSpec spec, VirtualServiceHttpRoute root)
    {
        foreach (var (i, leaf) in spec.Http.Index())
        {
            var field = $"spec.http[{i}]";
            if (leaf.Delegate is not null)
            {
                findings.NoEffect(target, $"{field}.delegate", "a delegate cannot delegate: the route is left out");
                continue;
            }

            var matches = DelegateMatches.Merge(root.Match, leaf.Match);
            if (matches is null)
            {
                findings.NoEffect(target, $"{field}.match", "contradicts what the VirtualService that delegates here matches: the route is left out");
                continue;
            }

            yield return (target, field, leaf with
            {
                Name = (root.Name, leaf.Name) switch { (null, _) => leaf.Name, (_, null) => root.Name, var (a, b) => $"{a}-{b}" },
                Match = matches.Value,
                Rewrite = leaf.Rewrite ?? root.Rewrite,
                Timeout = leaf.Timeout ?? root.Timeout,
                Retries = leaf.Retries ?? root.Retries,
                Fault = leaf.Fault ?? root.Fault,
                Mirror = leaf.Mirror ?? root.Mirror,
                MirrorPercent = leaf.MirrorPercent ?? root.MirrorPercent,
                MirrorPercentage = leaf.MirrorPercentage ?? root.MirrorPercentage,
                Mirrors = leaf.Mirrors.IsEmpty ? root.Mirrors : leaf.Mirrors,
                CorsPolicy = leaf.CorsPolicy ?? root.CorsPolicy,
                Headers = leaf.Headers ?? root.Headers,
            });
        }
    }

    private static bool IsVisible(ImmutableArray<string> exportTo, string own, string to) =>
        exportTo.IsEmpty || exportTo.Any(e => e == "*" || e == to || (e == "." && own == to));
}
