using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks GRPCRoutes as the Gateway API's CRD does.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed partial class GrpcRouteValidator(FindingCollector findings)
{
    private readonly RouteChecks _checks = new(findings);

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(GrpcRouteSpec spec)
    {
        _checks.CheckParents(spec.ParentRefs);
        _checks.CheckNames(spec.Rules.Select(r => r.Name));
        _checks.CheckMatchCount(spec.Rules.Sum(r => r.Matches.Length));
        for (var i = 0; i < spec.Rules.Length; i++)
        {
            CheckRule(FieldPath.Index("spec.rules", i), spec.Rules[i]);
        }
    }

    private void CheckRule(string path, GrpcRouteRule rule)
    {
        for (var i = 0; i < rule.Matches.Length; i++)
        {
            var at = FieldPath.Index($"{path}.matches", i);
            CheckMethod($"{at}.method", rule.Matches[i].Method);
            _checks.CheckHeaders($"{at}.headers", rule.Matches[i].Headers);
        }

        CheckFilters($"{path}.filters", rule.Filters);
        for (var i = 0; i < rule.BackendRefs.Length; i++)
        {
            var backend = rule.BackendRefs[i];
            var at = FieldPath.Index($"{path}.backendRefs", i);
            _checks.CheckBackend(at, backend.Group, backend.Kind, backend.Port);
            CheckFilters($"{at}.filters", backend.Filters);
        }

        _checks.CheckSession($"{path}.sessionPersistence", rule.SessionPersistence);
    }

    private void CheckMethod(string path, GrpcMethodMatch? match)
    {
        if (match is null)
        {
            return;
        }

        if (string.IsNullOrEmpty(match.Service) && string.IsNullOrEmpty(match.Method))
        {
            findings.Missing(path, "is empty; give service, method or both");
        }
        else if (match.Type == "RegularExpression")
        {
            CheckExpression($"{path}.service", match.Service);
            CheckExpression($"{path}.method", match.Method);
        }
        else
        {
            if (!string.IsNullOrEmpty(match.Service) && !ServiceName().IsMatch(match.Service))
            {
                findings.Error($"{path}.service", $"'{match.Service}' is not a gRPC service; write such as shop.v1.Catalog");
            }

            if (!string.IsNullOrEmpty(match.Method) && !MethodName().IsMatch(match.Method))
            {
                findings.Error($"{path}.method", $"'{match.Method}' is not a gRPC method; write such as ListItems");
            }
        }
    }

    private void CheckExpression(string path, string? expression)
    {
        if (!string.IsNullOrEmpty(expression) && Expressions.Violation(expression) is { } violation)
        {
            findings.Error(path, violation);
        }
    }

    private void CheckFilters(string path, ImmutableArray<GrpcRouteFilter> filters)
    {
        _checks.CheckRepeats(path, [.. filters.Select(f => f.Type)], "RequestMirror", "ExtensionRef");
        for (var i = 0; i < filters.Length; i++)
        {
            var filter = filters[i];
            var at = FieldPath.Index(path, i);
            var good = _checks.CheckUnion(at, filter.Type,
            [
                ("RequestHeaderModifier", "requestHeaderModifier", filter.RequestHeaderModifier is not null),
                ("ResponseHeaderModifier", "responseHeaderModifier", filter.ResponseHeaderModifier is not null),
                ("RequestMirror", "requestMirror", filter.RequestMirror is not null),
                ("ExtensionRef", "extensionRef", filter.ExtensionRef is not null),
            ]);
            if (!good)
            {
                continue;
            }

            if ((filter.RequestHeaderModifier ?? filter.ResponseHeaderModifier) is { } headers)
            {
                _checks.CheckHeaderFilter($"{at}.{(filter.RequestHeaderModifier is null ? "responseHeaderModifier" : "requestHeaderModifier")}", headers);
            }

            if (filter.RequestMirror is { } mirror)
            {
                _checks.CheckMirror($"{at}.requestMirror", mirror);
            }
        }
    }

    [GeneratedRegex(@"^\.?[a-zA-Z_][a-zA-Z_0-9]*(\.[a-zA-Z_][a-zA-Z_0-9]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z_0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex MethodName();
}
