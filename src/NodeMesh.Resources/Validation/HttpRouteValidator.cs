using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks HTTPRoutes as the Gateway API's CRD does.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed partial class HttpRouteValidator(FindingCollector findings)
{
    private readonly RouteChecks _checks = new(findings);

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(HttpRouteSpec spec)
    {
        _checks.CheckParents(spec.ParentRefs);
        _checks.CheckNames(spec.Rules.Select(r => r.Name));
        _checks.CheckMatchCount(spec.Rules.Sum(r => r.Matches.Length));
        for (var i = 0; i < spec.Rules.Length; i++)
        {
            CheckRule(FieldPath.Index("spec.rules", i), spec.Rules[i]);
        }
    }

    private void CheckRule(string path, HttpRouteRule rule)
    {
        for (var i = 0; i < rule.Matches.Length; i++)
        {
            CheckMatch(FieldPath.Index($"{path}.matches", i), rule.Matches[i]);
        }

        CheckFilters($"{path}.filters", rule.Filters, rule.Matches);
        if (!rule.BackendRefs.IsEmpty && rule.Filters.Any(f => f.Type == "RequestRedirect"))
        {
            findings.Error($"{path}.backendRefs", "cannot stand beside filter RequestRedirect, which answers; keep one of them");
        }

        for (var i = 0; i < rule.BackendRefs.Length; i++)
        {
            var backend = rule.BackendRefs[i];
            var at = FieldPath.Index($"{path}.backendRefs", i);
            _checks.CheckBackend(at, backend.Group, backend.Kind, backend.Port);
            CheckFilters($"{at}.filters", backend.Filters, rule.Matches);
        }

        if (rule.Timeouts is { Request: { } request, BackendRequest: { } backendRequest }
            && DurationText.TryParseGateway(request, out var whole) && DurationText.TryParseGateway(backendRequest, out var part)
            && whole > TimeSpan.Zero && part > whole)
        {
            findings.Error($"{path}.timeouts.backendRequest", $"{backendRequest} is longer than request ({request}); make it at most as long");
        }

        if (rule.Retry?.Attempts < 0)
        {
            findings.Error($"{path}.retry.attempts", "is negative; write 0 or more");
        }

        _checks.CheckSession($"{path}.sessionPersistence", rule.SessionPersistence);
    }

    private void CheckMatch(string path, HttpRouteMatch match)
    {
        CheckPath($"{path}.path", match.Path);
        _checks.CheckHeaders($"{path}.headers", match.Headers);
        for (var i = 0; i < match.QueryParams.Length; i++)
        {
            var parameter = match.QueryParams[i];
            if (parameter.Type == "RegularExpression" && Expressions.Violation(parameter.Value) is { } violation)
            {
                findings.Error($"{path}.queryParams[{i}].value", violation);
            }
        }
    }

    private void CheckPath(string path, HttpPathMatch? match)
    {
        if (match?.Value is not { } value)
        {
            return;
        }

        var field = $"{path}.value";
        if (match.Type == "RegularExpression")
        {
            if (Expressions.Violation(value) is { } violation)
            {
                findings.Error(field, violation);
            }

            return;
        }

        if (!value.StartsWith('/'))
        {
            findings.Error(field, $"'{value}' is not a path; begin it with '/'");
            return;
        }

        var bad = ((string[])["//", "/./", "/../", "%2f", "%2F", "#"]).FirstOrDefault(part => value.Contains(part, StringComparison.Ordinal));
        bad ??= ((string[])["/..", "/."]).FirstOrDefault(end => value.EndsWith(end, StringComparison.Ordinal));
        if (bad is not null)
        {
            findings.Error(field, $"'{value}' has '{bad}', which no normalized path has; remove it");
        }
        else if (!PathCharacters().IsMatch(value))
        {
            findings.Error(field, $"'{value}' has characters that a path has not; percent-encode them, and give query parameters under queryParams");
        }
    }

    private void CheckFilters(string path, ImmutableArray<HttpRouteFilter> filters, ImmutableArray<HttpRouteMatch> matches)
    {
        _checks.CheckRepeats(path, [.. filters.Select(f => f.Type)], "RequestMirror", "ExtensionRef", "ExternalAuth");
        if (filters.Any(f => f.Type == "RequestRedirect") && filters.Select((f, i) => (f, i)).FirstOrDefault(f => f.f.Type == "URLRewrite") is { f: not null } rewrite)
        {
            findings.Error($"{path}[{rewrite.i}]", "URLRewrite cannot stand beside RequestRedirect; give the redirect a path instead");
        }

        for (var i = 0; i < filters.Length; i++)
        {
            CheckFilter(FieldPath.Index(path, i), filters[i], matches);
        }
    }

    private void CheckFilter(string path, HttpRouteFilter filter, ImmutableArray<HttpRouteMatch> matches)
    {
        var good = _checks.CheckUnion(path, filter.Type,
        [
            ("RequestHeaderModifier", "requestHeaderModifier", filter.RequestHeaderModifier is not null),
            ("ResponseHeaderModifier", "responseHeaderModifier", filter.ResponseHeaderModifier is not null),
            ("RequestMirror", "requestMirror", filter.RequestMirror is not null),
            ("RequestRedirect", "requestRedirect", filter.RequestRedirect is not null),
            ("URLRewrite", "urlRewrite", filter.UrlRewrite is not null),
            ("ExtensionRef", "extensionRef", filter.ExtensionRef is not null),
            ("CORS", "cors", filter.Cors is not null),
            ("ExternalAuth", "externalAuth", filter.ExternalAuth is not null),
        ]);
        if (!good)
        {
            return;
        }

        if ((filter.RequestHeaderModifier ?? filter.ResponseHeaderModifier) is { } headers)
        {
            _checks.CheckHeaderFilter($"{path}.{(filter.RequestHeaderModifier is null ? "responseHeaderModifier" : "requestHeaderModifier")}", headers);
        }

        if (filter.RequestMirror is { } mirror)
        {
            _checks.CheckMirror($"{path}.requestMirror", mirror);
        }

        CheckPathModifier($"{path}.requestRedirect.path", filter.RequestRedirect?.Path, matches);
        CheckPathModifier($"{path}.urlRewrite.path", filter.UrlRewrite?.Path, matches);
        if (filter.Cors is { } cors)
        {
            CheckCors($"{path}.cors", cors);
        }
    }

    private void CheckPathModifier(string path, HttpPathModifier? modifier, ImmutableArray<HttpRouteMatch> matches)
    {
        if (modifier is null)
        {
            return;
        }

        _checks.CheckUnion(path, modifier.Type,
        [
            ("ReplaceFullPath", "replaceFullPath", modifier.ReplaceFullPath is not null),
            ("ReplacePrefixMatch", "replacePrefixMatch", modifier.ReplacePrefixMatch is not null),
        ]);
        if (modifier.Type == "ReplacePrefixMatch" && matches is not ([] or [{ Path: null or { Type: null or "PathPrefix" } }]))
        {
            findings.Error(path, "ReplacePrefixMatch needs exactly one match, by PathPrefix; split the rule");
        }
    }

    private void CheckCors(string path, HttpCorsFilter cors)
    {
        foreach (var (field, values) in ((string, ImmutableArray<string>)[])
            [("allowOrigins", cors.AllowOrigins), ("allowMethods", cors.AllowMethods), ("allowHeaders", cors.AllowHeaders), ("exposeHeaders", cors.ExposeHeaders)])
        {
            if (values.Length > 1 && values.Contains("*"))
            {
                findings.Error($"{path}.{field}", "'*' is everything and cannot stand beside others; keep it alone, or remove it");
            }
        }
    }

    [GeneratedRegex(@"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$", RegexOptions.CultureInvariant)]
    private static partial Regex PathCharacters();
}
