using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the filters of HTTPRoutes and GRPCRoutes.</summary>
/// <param name="backends">Resolves mirrors.</param>
/// <param name="findings">Where to report.</param>
internal sealed class GatewayFilters(BackendJudge backends, RouteFindings findings)
{
    /// <summary>Applies the filters of a rule.</summary>
    /// <param name="route">The route.</param>
    /// <param name="field">The field of the filters.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="rule">The rule so far.</param>
    /// <returns>The rule; invalid where a filter cannot be done, since sending requests on without it is not what was written.</returns>
    public HttpRule Apply(ManifestDocument route, string field, ImmutableArray<HttpRouteFilter> filters, HttpRule rule)
    {
        foreach (var (i, filter) in filters.Index())
        {
            switch (filter.Type)
            {
                case "RequestHeaderModifier" when filter.RequestHeaderModifier is { } headers:
                    rule = rule with { RequestHeaders = Changes(headers) };
                    break;
                case "ResponseHeaderModifier" when filter.ResponseHeaderModifier is { } headers:
                    rule = rule with { ResponseHeaders = Changes(headers) };
                    break;
                case "RequestRedirect" when filter.RequestRedirect is { } redirect:
                    rule = rule with { Redirect = Redirect(redirect) };
                    break;
                case "URLRewrite" when filter.UrlRewrite is { } rewrite:
                    rule = rule with { Rewrite = new UrlRewrite(rewrite.Hostname, Path(rewrite.Path)) };
                    break;
                case "RequestMirror" when filter.RequestMirror is { } mirror:
                    rule = rule with { Mirrors = [.. rule.Mirrors, .. Mirror(route, $"{field}[{i}].requestMirror", mirror)] };
                    break;
                case "CORS" when filter.Cors is { } cors:
                    rule = rule with { Cors = Cors(cors) };
                    break;
                default:
                    rule = Unsupported(route, $"{field}[{i}]", filter.Type, rule);
                    break;
            }
        }

        return rule;
    }

    /// <summary>Applies the filters of a GRPCRoute's rule.</summary>
    /// <param name="route">The route.</param>
    /// <param name="field">The field of the filters.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="rule">The rule so far.</param>
    /// <returns>The rule.</returns>
    public HttpRule Apply(ManifestDocument route, string field, ImmutableArray<GrpcRouteFilter> filters, HttpRule rule) => Apply(route, field, [.. filters.Select(AsHttp)], rule);

    /// <summary>Applies the filters of a backend.</summary>
    /// <param name="route">The route.</param>
    /// <param name="field">The field of the filters.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="backend">The backend so far.</param>
    /// <returns>The backend; with a fault where a filter cannot be done.</returns>
    public RouteBackend Apply(ManifestDocument route, string field, ImmutableArray<HttpRouteFilter> filters, RouteBackend backend)
    {
        foreach (var (i, filter) in filters.Index())
        {
            switch (filter.Type)
            {
                case "RequestHeaderModifier" when filter.RequestHeaderModifier is { } headers:
                    backend = backend with { RequestHeaders = Changes(headers) };
                    break;
                case "ResponseHeaderModifier" when filter.ResponseHeaderModifier is { } headers:
                    backend = backend with { ResponseHeaders = Changes(headers) };
                    break;
                case "URLRewrite" when filter.UrlRewrite is { } rewrite:
                    backend = backend with { Rewrite = new UrlRewrite(rewrite.Hostname, Path(rewrite.Path)) };
                    break;
                case "RequestRedirect" when filter.RequestRedirect is { } redirect:
                    backend = backend with { Redirect = Redirect(redirect) };
                    break;
                case "RequestMirror" when filter.RequestMirror is { } mirror:
                    backend = backend with { Mirrors = [.. backend.Mirrors, .. Mirror(route, $"{field}[{i}].requestMirror", mirror)] };
                    break;
                case "CORS" when filter.Cors is { } cors:
                    backend = backend with { Cors = Cors(cors) };
                    break;
                default:
                    findings.NoEffect(route, $"{field}[{i}]", $"the filter {filter.Type} cannot be done on a backend: requests that fall to this backend get 500; remove it");
                    if (backend.Fault == BackendFault.None)
                    {
                        backend = backend with { Fault = BackendFault.UnsupportedFilter, FaultDetail = $"the filter {filter.Type} cannot be done on a backend" };
                    }

                    break;
            }
        }

        return backend;
    }

    /// <summary>Applies the filters of a GRPCRoute's backend.</summary>
    /// <param name="route">The route.</param>
    /// <param name="field">The field of the filters.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="backend">The backend so far.</param>
    /// <returns>The backend.</returns>
    public RouteBackend Apply(ManifestDocument route, string field, ImmutableArray<GrpcRouteFilter> filters, RouteBackend backend) => Apply(route, field, [.. filters.Select(AsHttp)], backend);

    private static HttpRouteFilter AsHttp(GrpcRouteFilter filter) => new()
    {
        Type = filter.Type,
        RequestHeaderModifier = filter.RequestHeaderModifier,
        ResponseHeaderModifier = filter.ResponseHeaderModifier,
        RequestMirror = filter.RequestMirror,
        ExtensionRef = filter.ExtensionRef,
    };

    private static HeaderChanges Changes(HttpHeaderFilter filter) => new()
    {
        Set = [.. filter.Set.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new HeaderValue(h.Name, h.Value))],
        Add = [.. filter.Add.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new HeaderValue(h.Name, h.Value))],
        Remove = [.. filter.Remove],
    };

    private static HttpRedirect Redirect(HttpRequestRedirectFilter filter) => new()
    {
        Scheme = filter.Scheme,
        Host = filter.Hostname,
        Port = filter.Port,
        PortKind = RedirectPortKind.ListenerOrScheme,
        Path = Path(filter.Path),
        Status = filter.StatusCode ?? 302,
    };

    private static PathRewrite? Path(HttpPathModifier? modifier) => modifier switch
    {
        null => null,
        { Type: "ReplacePrefixMatch" } => PathRewrite.Prefix(modifier.ReplacePrefixMatch ?? "/"),
        _ => PathRewrite.Full(modifier.ReplaceFullPath ?? "/"),
    };

    private static CorsPolicy Cors(HttpCorsFilter filter) => new()
    {
        AllowOrigins = [.. filter.AllowOrigins.Select(Origin)],
        AllowMethods = [.. filter.AllowMethods],
        AllowHeaders = [.. filter.AllowHeaders],
        ExposeHeaders = [.. filter.ExposeHeaders],
        MaxAge = TimeSpan.FromSeconds(filter.MaxAge ?? 5),
        AllowCredentials = filter.AllowCredentials == true,
    };

    // One asterisk alone is every origin; one in front of a host is every host below.
    private static TextMatch Origin(string origin) => origin switch
    {
        "*" => TextMatch.Present,
        _ when origin.Contains('*', StringComparison.Ordinal) => TextMatch.Pattern(Regex.Escape(origin).Replace(@"\*", "[^/:]+", StringComparison.Ordinal)),
        _ => TextMatch.Exact(origin, ignoreCase: true),
    };

    private IEnumerable<RequestMirror> Mirror(ManifestDocument route, string field, HttpRequestMirrorFilter filter)
    {
        var backend = backends.Resolve(route, filter.BackendRef, 1);
        if (backend.Fault != BackendFault.None)
        {
            findings.NotFound(route, $"{field}.backendRef", $"no copies are sent: {backend.FaultDetail}");
            yield break;
        }

        var percent = filter.Fraction is { } fraction ? 100.0 * fraction.Numerator / (fraction.Denominator ?? 100) : filter.Percent ?? 100;
        yield return new RequestMirror(backend, percent);
    }

    private HttpRule Unsupported(ManifestDocument route, string field, string type, HttpRule rule)
    {
        findings.NoEffect(route, field, $"the filter {type} is not done here: requests of its rule get 500; remove it");
        return rule with { Invalid = $"the filter {type} is not done here" };
    }
}
