using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the rules of VirtualServices as they are for clients in the mesh.</summary>
/// <param name="delegates">VirtualServices that others may delegate to.</param>
/// <param name="actions">Translates what is done.</param>
/// <param name="findings">Where to report.</param>
internal sealed class VirtualServiceTranslator(DelegateResolver delegates, VirtualServiceActions actions, RouteFindings findings)
{
    private const string Mesh = "mesh";

    private static readonly ImmutableArray<string> OwnFields = ["uri", "scheme", "method", "authority"];

    /// <summary>Says whether a VirtualService is for the mesh.</summary>
    /// <param name="spec">The VirtualService.</param>
    /// <returns>True when it names the mesh, or no gateway at all.</returns>
    public static bool IsForMesh(VirtualServiceSpec spec) => Applies(spec.Gateways);

    /// <summary>Translates the rules for requests.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="spec">Its spec.</param>
    /// <returns>The rules, in their order.</returns>
    public ValueList<OrderedRule> Http(ManifestDocument document, VirtualServiceSpec spec)
    {
        var rules = new List<OrderedRule>();
        foreach (var (number, route) in spec.Http.Index())
        {
            var field = $"spec.http[{number}]";
            foreach (var part in delegates.Expand(document, field, route))
            {
                var matches = part.Route.Match.Where(m => Applies(m.Gateways)).ToList();
                if (matches.Count == 0 && !part.Route.Match.IsEmpty)
                {
                    continue;
                }

                if (Unusable(part.Document, part.Field, part.Route))
                {
                    continue;
                }

                // What a delegate says is reported at the delegate, whose fields have their own places.
                var origin = new RuleOrigin(document.Origin, number, part.Route.Name);
                rules.Add(new OrderedRule([.. matches.Select((m, i) => Match(part.Document, $"{part.Field}.match[{i}]", m))], actions.Translate(part.Document, part.Field, part.Route, origin)));
            }
        }

        return [.. rules];
    }

    /// <summary>Translates the rules for connections.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="spec">Its spec.</param>
    /// <returns>The rules: those of TLS first, since a TLS connection is a TCP connection as well.</returns>
    public ValueList<ConnectionRule> Connections(ManifestDocument document, VirtualServiceSpec spec)
    {
        var rules = new List<ConnectionRule>();
        foreach (var (number, route) in spec.Tls.Index())
        {
            var backends = Backends(document, $"spec.tls[{number}]", route.Route);
            foreach (var match in route.Match.Where(m => Applies(m.Gateways)))
            {
                rules.Add(new ConnectionRule
                {
                    Origin = new RuleOrigin(document.Origin, number),
                    Scope = new RouteScope("", match.Port ?? 0),
                    Tls = true,
                    ServerNames = [.. match.SniHosts.Select(h => h.ToLowerInvariant())],
                    Destinations = Networks(match.DestinationSubnets),
                    SourceLabels = IstioTexts.Labels(match.SourceLabels),
                    SourceNamespace = match.SourceNamespace ?? "",
                    Backends = backends,
                });
            }
        }

        foreach (var (number, route) in spec.Tcp.Index())
        {
            var backends = Backends(document, $"spec.tcp[{number}]", route.Route);
            var rule = new ConnectionRule { Origin = new RuleOrigin(document.Origin, number), Backends = backends };
            if (route.Match.IsEmpty)
            {
                rules.Add(rule);
            }

            foreach (var (i, match) in route.Match.Index().Where(m => Applies(m.Item.Gateways)))
            {
                if (match.SourceSubnet is not null)
                {
                    findings.NoEffect(document, $"spec.tcp[{number}].match[{i}].sourceSubnet", "has no effect, as in Istio; match by sourceLabels or sourceNamespace");
                }

                rules.Add(rule with
                {
                    Scope = new RouteScope("", match.Port ?? 0),
                    Destinations = Networks(match.DestinationSubnets),
                    SourceLabels = IstioTexts.Labels(match.SourceLabels),
                    SourceNamespace = match.SourceNamespace ?? "",
                });
            }
        }

        return [.. rules];
    }

    // Validation knows nearly all of what cannot be an expression; what it lets through must not end the translation of the others.
    private bool Unusable(ManifestDocument document, string field, VirtualServiceHttpRoute route)
    {
        try
        {
            foreach (var match in route.Match)
            {
                _ = Match(document, field, match with { StatPrefix = null, Headers = match.Headers.RemoveRange([.. OwnFields, .. match.Headers.Keys.Where(k => k.StartsWith('@'))]) });
            }

            _ = VirtualServiceActions.Rewrite(route.Rewrite);
            _ = route.CorsPolicy is { } cors ? VirtualServiceActions.Cors(cors) : null;
            return false;
        }
        catch (ArgumentException error)
        {
            findings.Unusable(document, field, $"the route is left out: {error.Message}");
            return true;
        }
    }

    private static bool Applies(ImmutableArray<string> gateways) => gateways.IsEmpty || gateways.Contains(Mesh);

    private static ValueList<IPNetwork> Networks(ImmutableArray<string> texts) =>
        [.. texts.Select(t => IpBlocks.TryParse(t, out var network) ? network : (IPNetwork?)null).OfType<IPNetwork>()];

    private ValueList<RouteBackend> Backends(ManifestDocument document, string field, ImmutableArray<RouteDestination> routes) =>
        [.. routes.Index().Select(r => actions.Destination(document, $"{field}.route[{r.Index}].destination", r.Item.Destination, routes.Length == 1 ? 1 : r.Item.Weight ?? 0))];

    private OrderedMatch Match(ManifestDocument document, string field, HttpMatchRequest match)
    {
        if (match.StatPrefix is not null)
        {
            findings.NoEffect(document, $"{field}.statPrefix", "has no effect: metrics of routes are not named here");
        }

        // These four have fields of their own, and Istio ignores them among the headers.
        var headers = match.Headers.RemoveRange(OwnFields);
        foreach (var name in OwnFields.Where(match.Headers.ContainsKey))
        {
            findings.NoEffect(document, FieldPath.Key($"{field}.headers", name), $"has no effect among the headers, as in Istio; write it as {name} beside them");
        }

        foreach (var name in match.Headers.Keys.Where(k => k.StartsWith('@')))
        {
            findings.NoEffect(document, FieldPath.Key($"{field}.headers", name), "claims of tokens are known to gateways alone: in the mesh this never matches");
        }

        return new OrderedMatch
        {
            Name = match.Name,
            Path = match.Uri is { } uri ? IstioTexts.Match(uri, match.IgnoreUriCase == true) : null,
            Scheme = match.Scheme is { } scheme ? IstioTexts.Match(scheme) : null,
            Method = match.Method is { } method ? IstioTexts.Match(method) : null,
            Authority = match.Authority is { } authority ? IstioTexts.Match(authority) : null,
            Headers = IstioTexts.Matches(headers),
            WithoutHeaders = IstioTexts.Matches(match.WithoutHeaders),
            QueryParameters = IstioTexts.Matches(match.QueryParams),
            Port = match.Port ?? 0,
            SourceNamespace = match.SourceNamespace ?? "",
            SourceLabels = IstioTexts.Labels(match.SourceLabels),
        };
    }
}
