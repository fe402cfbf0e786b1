using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the rules of HTTPRoutes and GRPCRoutes.</summary>
/// <param name="backends">Resolves backends.</param>
/// <param name="findings">Where to report.</param>
internal sealed class GatewayRouteTranslator(BackendJudge backends, RouteFindings findings)
{
    private readonly GatewayFilters _filters = new(backends, findings);

    /// <summary>Translates an HTTPRoute.</summary>
    /// <param name="route">The route.</param>
    /// <returns>Its rules.</returns>
    public ValueList<AttachedRule<HttpMatch>> Http(ManifestDocument route)
    {
        var spec = ((HttpRouteResource)route.Resource!).Spec;
        var rules = spec.Rules.IsEmpty ? [new HttpRouteRule()] : spec.Rules;
        return [.. rules.Index().Select(r => new AttachedRule<HttpMatch>(
            Usable(route, $"spec.rules[{r.Index}].matches", r.Item.Matches, Match), Rule(route, r.Index, r.Item)))];
    }

    /// <summary>Translates a GRPCRoute.</summary>
    /// <param name="route">The route.</param>
    /// <returns>Its rules.</returns>
    public ValueList<AttachedRule<GrpcMatch>> Grpc(ManifestDocument route)
    {
        var spec = ((GrpcRouteResource)route.Resource!).Spec ?? new GrpcRouteSpec();
        var rules = spec.Rules.IsEmpty ? [new GrpcRouteRule()] : spec.Rules;
        return [.. rules.Index().Select(r => new AttachedRule<GrpcMatch>(
            Usable(route, $"spec.rules[{r.Index}].matches", r.Item.Matches, Match), Rule(route, r.Index, r.Item)))];
    }

    private static HttpMatch Match(HttpRouteMatch m) => new()
    {
        Path = (m.Path?.Type ?? "PathPrefix", m.Path?.Value ?? "/") switch
        {
            ("Exact", var value) => PathMatch.Exact(value),
            ("RegularExpression", var value) => PathMatch.Pattern(value),
            var (_, value) => PathMatch.Prefix(value),
        },
        Method = m.Method,
        Headers = Headers(m.Headers),
        QueryParameters = [.. m.QueryParams.DistinctBy(q => q.Name, StringComparer.Ordinal).Select(q => new NamedMatch(q.Name, Text(q.Type, q.Value)))],
    };

    private static GrpcMatch Match(GrpcRouteMatch m) => new()
    {
        Service = string.IsNullOrEmpty(m.Method?.Service) ? null : Text(m.Method.Type, m.Method.Service),
        Method = string.IsNullOrEmpty(m.Method?.Method) ? null : Text(m.Method.Type, m.Method.Method),
        Headers = Headers(m.Headers),
    };

    // Of several for one name the first counts, as the specification says.
    private static ValueList<NamedMatch> Headers(ImmutableArray<HttpHeaderMatch> headers) =>
        [.. headers.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new NamedMatch(h.Name, Text(h.Type, h.Value)))];

    private static TextMatch Text(string? type, string value) => type == "RegularExpression" ? TextMatch.Pattern(value) : TextMatch.Exact(value);

    // The schema lets any expression through; a match whose expression cannot be run in linear time is left out, and never widens to match more.
    private ValueList<TMatch> Usable<TWritten, TMatch>(ManifestDocument route, string field, ImmutableArray<TWritten> written, Func<TWritten, TMatch> translate)
        where TMatch : class, new()
    {
        if (written.IsEmpty)
        {
            return [new TMatch()];
        }

        var matches = new List<TMatch>();
        foreach (var (i, match) in written.Index())
        {
            try
            {
                matches.Add(translate(match));
            }
            catch (ArgumentException error)
            {
                findings.Unusable(route, $"{field}[{i}]", $"the match is left out: {error.Message}");
            }
        }

        return [.. matches];
    }

    private HttpRule Rule(ManifestDocument route, int number, HttpRouteRule rule)
    {
        var field = $"spec.rules[{number}]";
        var translated = new HttpRule
        {
            Origin = new RuleOrigin(route.Origin, number, rule.Name),
            Backends =
            [
                .. rule.BackendRefs.Index().Select(b => _filters.Apply(
                    route, $"{field}.backendRefs[{b.Index}].filters", b.Item.Filters, Backend(route, $"{field}.backendRefs[{b.Index}]", b.Item))),
            ],
            Timeout = Time(rule.Timeouts?.Request),
            BackendTimeout = Time(rule.Timeouts?.BackendRequest),
            Retry = rule.Retry is { } retry ? Retry(retry) : null,
            Session = Session(route, number, rule.SessionPersistence),
        };
        return Complete(_filters.Apply(route, $"{field}.filters", rule.Filters, translated));
    }

    private HttpRule Rule(ManifestDocument route, int number, GrpcRouteRule rule)
    {
        var field = $"spec.rules[{number}]";
        var translated = new HttpRule
        {
            Origin = new RuleOrigin(route.Origin, number, rule.Name),
            Backends =
            [
                .. rule.BackendRefs.Index().Select(b => _filters.Apply(
                    route, $"{field}.backendRefs[{b.Index}].filters", b.Item.Filters, Backend(route, $"{field}.backendRefs[{b.Index}]", b.Item))),
            ],
            Session = Session(route, number, rule.SessionPersistence),
        };
        return Complete(_filters.Apply(route, $"{field}.filters", rule.Filters, translated));
    }

    private static HttpRule Complete(HttpRule rule)
    {
        if (rule.Redirect is not null)
        {
            return rule with { Backends = [] };
        }

        if (rule.Invalid is not null)
        {
            return rule;
        }

        return rule.Backends.IsEmpty ? rule with { Invalid = "the rule has no backend" }
            : rule.Backends.Sum(b => (long)b.Weight) == 0 ? rule with { Invalid = "all its backends have the weight 0" }
            : rule;
    }

    private RouteBackend Backend(ManifestDocument route, string field, BackendReference reference)
    {
        var backend = backends.Resolve(route, reference, reference.Weight ?? 1);
        if (backend.Fault != BackendFault.None)
        {
            findings.NotFound(route, field, $"requests that fall to this backend get 500: {backend.FaultDetail}");
        }

        return backend;
    }

    private static TimeSpan? Time(string? text) => text is not null && DurationText.TryParseGateway(text, out var time) ? time : null;

    // Where retries are asked for, the specification wants them on errors of connections as well; the others are what is done without being asked.
    private static RetryPolicy Retry(HttpRouteRetry retry) => (retry.Attempts ?? RetryPolicy.Default.Attempts) is var attempts and > 0
        ? new RetryPolicy
        {
            Attempts = attempts,
            Conditions = RetryConditions.Default | RetryConditions.Reset,
            Codes = [.. retry.Codes.Distinct().Order()],
            Backoff = Time(retry.Backoff),
        }
        : RetryPolicy.Never;

    private static NodeMesh.Model.Routing.SessionPersistence? Session(ManifestDocument route, int rule, Kinds.GatewayApi.SessionPersistence? session)
    {
        if (session is null)
        {
            return null;
        }

        return new NodeMesh.Model.Routing.SessionPersistence
        {
            InHeader = session.Type == "Header",
            Name = session.SessionName ?? SessionName(route, rule),
            AbsoluteTimeout = Time(session.AbsoluteTimeout),
            IdleTimeout = Time(session.IdleTimeout),
            PermanentCookie = session.CookieConfig?.LifetimeType == "Permanent",
        };
    }

    // The same in every process and as long as the rule is where it is: a session outlives restarts of proxies and control plane.
    private static string SessionName(ManifestDocument route, int rule)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{route.Origin} {rule}"));
        return $"nodemesh-session-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }
}
