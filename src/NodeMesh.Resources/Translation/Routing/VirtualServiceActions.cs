using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using CorsPolicy = NodeMesh.Model.Routing.CorsPolicy;
using HttpRedirect = NodeMesh.Model.Routing.HttpRedirect;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates what a VirtualService's HTTP route does.</summary>
/// <param name="destinations">Resolves destinations.</param>
/// <param name="findings">Where to report.</param>
internal sealed class VirtualServiceActions(DestinationJudge destinations, RouteFindings findings)
{
    // In front of a redirect's uri: the prefix that matched is replaced, and the rest of the path stays.
    private const string PrefixMark = "%PREFIX()%";

    private static readonly string[] GrpcNames =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>Translates a route.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="field">The route's field.</param>
    /// <param name="route">The route.</param>
    /// <param name="origin">Where it counts as written.</param>
    /// <returns>What is done.</returns>
    public HttpRule Translate(ManifestDocument document, string field, VirtualServiceHttpRoute route, RuleOrigin origin)
    {
        var forwards = route.Redirect is null && route.DirectResponse is null;
        return new HttpRule
        {
            Origin = origin,
            FaultStatus = 503,
            Invalid = forwards && route.Route.IsEmpty ? "the route has no destination" : null,
            Backends = forwards ? Backends(document, field, route.Route) : [],
            RequestHeaders = IstioTexts.Changes(route.Headers?.Request),
            ResponseHeaders = IstioTexts.Changes(route.Headers?.Response),
            Rewrite = Rewrite(route.Rewrite),
            Redirect = route.Redirect is { } redirect ? Redirect(redirect) : null,
            DirectResponse = route.DirectResponse is { } response ? Respond(document, field, response) : null,
            Mirrors = Mirrors(document, field, route),
            Cors = route.CorsPolicy is { } cors ? Cors(cors) : null,
            Timeout = IstioTexts.Time(route.Timeout),
            Retry = route.Retries is { } retries ? Retry(document, field, retries) : null,
            Fault = route.Fault is { } fault ? Fault(document, field, fault) : null,
        };
    }

    /// <summary>Resolves a destination.</summary>
    /// <param name="document">The VirtualService.</param>
    /// <param name="field">The field.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="weight">Its weight.</param>
    /// <returns>The backend.</returns>
    public RouteBackend Destination(ManifestDocument document, string field, Destination destination, int weight) => destinations.Resolve(document, field, destination, weight);

    // One destination gets everything, whatever its weight says.
    private ValueList<RouteBackend> Backends(ManifestDocument document, string field, ImmutableArray<HttpRouteDestination> routes) =>
        [.. routes.Index().Select(r => Destination(document, $"{field}.route[{r.Index}].destination", r.Item.Destination, routes.Length == 1 ? 1 : r.Item.Weight ?? 0) with
        {
            RequestHeaders = IstioTexts.Changes(r.Item.Headers?.Request),
            ResponseHeaders = IstioTexts.Changes(r.Item.Headers?.Response),
        })];

    /// <summary>Translates a rewrite.</summary>
    /// <param name="rewrite">The rewrite; null for none.</param>
    /// <returns>The rewrite.</returns>
    /// <exception cref="ArgumentException">Its expression cannot be used.</exception>
    public static UrlRewrite? Rewrite(HttpRewrite? rewrite)
    {
        if (rewrite is null)
        {
            return null;
        }

        var path = rewrite.UriRegexRewrite is { } regex ? PathRewrite.Pattern(regex.Match ?? "", regex.Rewrite ?? "")
            : string.IsNullOrEmpty(rewrite.Uri) ? null
            : PathRewrite.StringPrefix(rewrite.Uri);
        return new UrlRewrite(string.IsNullOrEmpty(rewrite.Authority) ? null : rewrite.Authority, path);
    }

    private static HttpRedirect Redirect(Kinds.Istio.HttpRedirect redirect) => new()
    {
        Scheme = NullIfEmpty(redirect.Scheme),
        Host = NullIfEmpty(redirect.Authority),
        Port = redirect.Port,
        PortKind = redirect.DerivePort == "FROM_PROTOCOL_DEFAULT" ? RedirectPortKind.Scheme : RedirectPortKind.Request,
        Path = redirect.Uri switch
        {
            null or "" => null,
            _ when redirect.Uri.StartsWith(PrefixMark, StringComparison.Ordinal) => PathRewrite.StringPrefix(redirect.Uri[PrefixMark.Length..]),
            _ => PathRewrite.Full(redirect.Uri),
        },
        Status = redirect.RedirectCode is > 0 and { } code ? code : 301,
    };

    private DirectResponse Respond(ManifestDocument document, string field, HttpDirectResponse response)
    {
        if (response.Body?.Bytes is not { } encoded)
        {
            return new DirectResponse(response.Status, response.Body?.String);
        }

        try
        {
            return new DirectResponse(response.Status, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(encoded)));
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            findings.NoEffect(document, $"{field}.directResponse.body.bytes", "is not text in UTF-8, written in base64: the response has no body");
            return new DirectResponse(response.Status, null);
        }
    }

    private ValueList<RequestMirror> Mirrors(ManifestDocument document, string field, VirtualServiceHttpRoute route)
    {
        var mirrors = new List<RequestMirror>();
        if (route.Mirror is { } mirror)
        {
            mirrors.Add(new RequestMirror(Destination(document, $"{field}.mirror", mirror, 1), route.MirrorPercentage?.Value ?? route.MirrorPercent ?? 100));
        }

        foreach (var (i, policy) in route.Mirrors.Index())
        {
            mirrors.Add(new RequestMirror(Destination(document, $"{field}.mirrors[{i}].destination", policy.Destination, 1), policy.Percentage is { } percent ? percent.Value ?? 0 : 100));
        }

        return [.. mirrors.Where(m => m.Backend.Fault == BackendFault.None && m.Percent > 0)];
    }

    /// <summary>Translates a policy for other origins.</summary>
    /// <param name="cors">The policy.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentException">An expression cannot be used.</exception>
    public static CorsPolicy Cors(Kinds.Istio.CorsPolicy cors) => new()
    {
        AllowOrigins =
        [
            .. cors.AllowOrigins.Select(o => o.Exact == "*" ? TextMatch.Present : IstioTexts.Match(o)),
            .. cors.AllowOrigin.Select(o => o == "*" ? TextMatch.Present : TextMatch.Exact(o)),
        ],
        AllowMethods = [.. cors.AllowMethods],
        AllowHeaders = [.. cors.AllowHeaders],
        ExposeHeaders = [.. cors.ExposeHeaders],
        MaxAge = IstioTexts.Time(cors.MaxAge),
        AllowCredentials = cors.AllowCredentials == true,
        ForwardUnmatchedPreflights = cors.UnmatchedPreflights != "IGNORE",
    };

    private RetryPolicy Retry(ManifestDocument document, string field, HttpRetry retry)
    {
        var attempts = retry.Attempts ?? RetryPolicy.Default.Attempts;
        if (attempts <= 0)
        {
            return RetryPolicy.Never;
        }

        var conditions = RetryConditions.Default;
        IReadOnlyList<int> codes = [];
        if (!string.IsNullOrEmpty(retry.RetryOn))
        {
            (conditions, codes) = RetryConditionNames.Parse(retry.RetryOn, out var unknown);
            foreach (var word in unknown)
            {
                findings.NoEffect(document, $"{field}.retries.retryOn", $"'{word}' has no effect: nothing is tried again on it");
            }
        }

        return new RetryPolicy
        {
            Attempts = attempts,
            Conditions = conditions,
            Codes = [.. codes],
            PerTryTimeout = IstioTexts.Time(retry.PerTryTimeout) is { } time && time > TimeSpan.Zero ? time : null,
            Backoff = IstioTexts.Time(retry.Backoff),
            AvoidFailedEndpoints = retry.RetryIgnorePreviousHosts ?? true,
            RemoteLocalities = retry.RetryRemoteLocalities == true,
        };
    }

    private FaultInjection? Fault(ManifestDocument document, string field, HttpFaultInjection fault)
    {
        var delay = fault.Delay is { FixedDelay: not null } fix ? new Model.Routing.FaultDelay(IstioTexts.Time(fix.FixedDelay) ?? TimeSpan.Zero, fix.Percentage is { } p ? p.Value ?? 0 : fix.Percent ?? 100) : null;
        if (fault.Delay?.ExponentialDelay is not null)
        {
            findings.NoEffect(document, $"{field}.fault.delay.exponentialDelay", "has no effect; write a fixedDelay");
        }

        Model.Routing.FaultAbort? abort = null;
        if (fault.Abort is { } wanted)
        {
            if (wanted.Http2Error is not null)
            {
                findings.NoEffect(document, $"{field}.fault.abort.http2Error", "has no effect; write an httpStatus or grpcStatus");
            }

            var grpc = wanted.GrpcStatus is { } name ? GrpcStatus(name) : null;
            if (wanted.HttpStatus is not null || grpc is not null)
            {
                abort = new Model.Routing.FaultAbort(grpc is null ? wanted.HttpStatus : null, grpc, wanted.Percentage is { } percent ? percent.Value ?? 0 : 100);
            }
        }

        return delay is null && abort is null ? null : new FaultInjection(delay, abort);
    }

    private static int? GrpcStatus(string text)
    {
        var index = Array.IndexOf(GrpcNames, text);
        return index >= 0 ? index : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
