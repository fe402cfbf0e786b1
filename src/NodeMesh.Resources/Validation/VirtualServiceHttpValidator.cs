using System.Collections.Frozen;
using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks the HTTP rules of VirtualServices.</summary>
/// <param name="findings">Takes what is wrong.</param>
/// <param name="isDelegate">Whether the VirtualService is a delegate.</param>
/// <param name="inMesh">Whether it applies to the mesh, not to gateways only.</param>
internal sealed class VirtualServiceHttpValidator(FindingCollector findings, bool isDelegate, bool inMesh)
{
    /// <summary>What begins a header that stands for a claim of the request's token.</summary>
    public const string ClaimPrefix = "@request.auth.claims";

    private static readonly FrozenSet<string> RetryConditions = FrozenSet.Create(
        StringComparer.Ordinal, "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream",
        "retriable-status-codes", "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

    private static readonly FrozenSet<string> Methods = FrozenSet.Create(
        StringComparer.Ordinal, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

    private static readonly FrozenSet<string> GrpcStatuses = FrozenSet.Create(
        StringComparer.Ordinal, "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED");

    private readonly HeaderChecks _headers = new(findings);

    /// <summary>Checks a rule.</summary>
    /// <param name="path">Its field.</param>
    /// <param name="route">The rule.</param>
    public void Validate(string path, VirtualServiceHttpRoute route)
    {
        CheckConflicts(path, route);
        for (var i = 0; i < route.Match.Length; i++)
        {
            CheckMatch(FieldPath.Index($"{path}.match", i), route.Match[i], noExpressions: isDelegate || route.Delegate is not null);
        }

        _headers.Check($"{path}.headers", route.Headers);
        CheckAuthority(path, route);
        CheckDestinations(path, route.Route);
        CheckMirrors(path, route);
        CheckRedirect($"{path}.redirect", route.Redirect);
        CheckDirectResponse($"{path}.directResponse", route.DirectResponse);
        CheckRewrite($"{path}.rewrite", route.Rewrite);
        CheckRetries($"{path}.retries", route.Retries);
        CheckFault($"{path}.fault", route.Fault);
        CheckCors($"{path}.corsPolicy", route.CorsPolicy);
    }

    private void CheckConflicts(string path, VirtualServiceHttpRoute route)
    {
        if (route.Delegate is not null)
        {
            if (isDelegate)
            {
                findings.Error($"{path}.delegate", "a delegate cannot delegate again; route here");
            }

            Conflict(route.Redirect is not null, $"{path}.redirect", "delegate");
            Conflict(!route.Route.IsEmpty, $"{path}.route", "delegate");
            Conflict(route.DirectResponse is not null, $"{path}.directResponse", "delegate");
            return;
        }

        if (route.Redirect is not null)
        {
            Conflict(!route.Route.IsEmpty, $"{path}.route", "redirect");
            Conflict(route.Fault is not null, $"{path}.fault", "redirect");
            Conflict(route.Rewrite is not null, $"{path}.rewrite", "redirect");
            Conflict(route.DirectResponse is not null, $"{path}.directResponse", "redirect");
        }
        else if (route.DirectResponse is not null)
        {
            Conflict(!route.Route.IsEmpty, $"{path}.route", "directResponse");
            Conflict(route.Fault is not null, $"{path}.fault", "directResponse");
            Conflict(route.Rewrite is not null, $"{path}.rewrite", "directResponse");
        }
        else if (route.Route.IsEmpty)
        {
            findings.Missing($"{path}.route", "is missing; a rule needs route, redirect, directResponse or delegate");
        }
    }

    private void Conflict(bool present, string path, string other)
    {
        if (present)
        {
            findings.Error(path, $"cannot stand beside {other}; keep one of them");
        }
    }

    private void CheckMatch(string path, HttpMatchRequest match, bool noExpressions)
    {
        foreach (var (field, text) in ((string, StringMatch?)[])[("uri", match.Uri), ("scheme", match.Scheme), ("method", match.Method), ("authority", match.Authority)])
        {
            CheckText($"{path}.{field}", text, noExpressions, mayBeEmpty: false);
        }

        foreach (var (field, map) in ((string, ImmutableDictionary<string, StringMatch>)[])[("headers", match.Headers), ("withoutHeaders", match.WithoutHeaders)])
        {
            foreach (var (name, text) in map)
            {
                var at = FieldPath.Key($"{path}.{field}", name);
                CheckHeaderName(at, name);
                CheckText(at, text, noExpressions, mayBeEmpty: true);
            }
        }

        foreach (var (name, text) in match.QueryParams)
        {
            CheckText(FieldPath.Key($"{path}.queryParams", name), text, noExpressions, mayBeEmpty: true);
        }

        IstioChecks.CheckLabels(findings, $"{path}.sourceLabels", match.SourceLabels);
        IstioChecks.CheckGateways(findings, $"{path}.gateways", match.Gateways);
        if (!string.IsNullOrEmpty(match.SourceNamespace) && !ResourceNames.IsLabel(match.SourceNamespace))
        {
            findings.Error($"{path}.sourceNamespace", $"'{match.SourceNamespace}' is not a namespace");
        }
    }

    private void CheckHeaderName(string path, string name)
    {
        if (name.StartsWith(ClaimPrefix, StringComparison.Ordinal))
        {
            if (inMesh && !isDelegate)
            {
                findings.Error(path, "claims of tokens can be matched at gateways only; bind the VirtualService to a gateway");
            }
        }
        else if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            findings.Error(path, $"'{name}' is not a header name; use letters, digits, '-' and '_'");
        }
    }

    private void CheckText(string path, StringMatch? match, bool noExpressions, bool mayBeEmpty)
    {
        if (match is null)
        {
            return;
        }

        if (match.Regex is { } regex)
        {
            if (noExpressions)
            {
                findings.Error($"{path}.regex", "a delegating rule and its delegate cannot match by expression; use exact or prefix");
            }
            else if (Expressions.Violation(regex) is { } violation)
            {
                findings.Error($"{path}.regex", violation);
            }
        }
        else if (match.Prefix is "")
        {
            findings.Error($"{path}.prefix", "is empty; write a prefix, or remove the match to match everything");
        }
        else if (match is { Exact: null, Prefix: null } && !mayBeEmpty)
        {
            findings.Error(path, "is empty; write exact, prefix or regex");
        }
    }

    private void CheckAuthority(string path, VirtualServiceHttpRoute route)
    {
        var request = route.Headers?.Request;
        var names = (request?.Set.Keys ?? []).Concat(request?.Add.Keys ?? []).Where(HeaderChecks.IsAuthority).ToList();
        if (names.Count + (string.IsNullOrEmpty(route.Rewrite?.Authority) ? 0 : 1) > 1)
        {
            findings.Error($"{path}.headers.request", "changes the authority a second time; keep rewrite.authority alone");
        }
    }

    private void CheckDestinations(string path, ImmutableArray<HttpRouteDestination> destinations)
    {
        for (var i = 0; i < destinations.Length; i++)
        {
            IstioChecks.CheckDestination(findings, $"{path}.route[{i}].destination", destinations[i].Destination);
            _headers.Check($"{path}.route[{i}].headers", destinations[i].Headers);
        }

        VirtualServiceValidator.CheckWeights(findings, $"{path}.route", [.. destinations.Select(d => d.Weight)]);
    }

    private void CheckMirrors(string path, VirtualServiceHttpRoute route)
    {
        if (route.Mirror is { } mirror)
        {
            IstioChecks.CheckDestination(findings, $"{path}.mirror", mirror);
            Conflict(!route.Mirrors.IsEmpty, $"{path}.mirrors", "mirror");
        }

        for (var i = 0; i < route.Mirrors.Length; i++)
        {
            IstioChecks.CheckDestination(findings, $"{path}.mirrors[{i}].destination", route.Mirrors[i].Destination);
        }

        if (route.MirrorPercent is not null)
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.mirrorPercent", "is deprecated; use mirrorPercentage");
        }
    }

    private void CheckRedirect(string path, HttpRedirect? redirect)
    {
        if (redirect is null)
        {
            return;
        }

        if (string.IsNullOrEmpty(redirect.Uri) && string.IsNullOrEmpty(redirect.Authority) && string.IsNullOrEmpty(redirect.Scheme) && redirect is { Port: null, DerivePort: null })
        {
            findings.Missing(path, "changes nothing; give uri, authority, scheme or port");
        }

        if (redirect.RedirectCode is not (null or 0 or (>= 300 and <= 399)))
        {
            findings.Error($"{path}.redirectCode", $"{redirect.RedirectCode} is not a redirect; use 301, 302, 303, 307 or 308");
        }

        if (redirect.Scheme is not (null or "" or "http" or "https"))
        {
            findings.Error($"{path}.scheme", $"'{redirect.Scheme}' is neither http nor https");
        }
    }

    private void CheckDirectResponse(string path, HttpDirectResponse? response)
    {
        if (response is null)
        {
            return;
        }

        CheckStatus($"{path}.status", response.Status);
        var size = (response.Body?.String ?? response.Body?.Bytes ?? "").Length;
        if (size > 1024 * 1024)
        {
            findings.Error($"{path}.body", "is larger than 1 MiB; serve it from a backend");
        }
        else if (size > 100 * 1024)
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.body", "is larger than 100 KiB, which every proxy has to hold; serve it from a backend");
        }
    }

    private void CheckStatus(string path, int status)
    {
        if (status is < 200 or > 599)
        {
            findings.Error(path, $"{status} is not a status; write a number from 200 to 599");
        }
    }

    private void CheckRewrite(string path, HttpRewrite? rewrite)
    {
        if (rewrite is null)
        {
            return;
        }

        Conflict(!string.IsNullOrEmpty(rewrite.Uri) && rewrite.UriRegexRewrite is not null, $"{path}.uriRegexRewrite", "uri");
        if (string.IsNullOrEmpty(rewrite.Uri) && string.IsNullOrEmpty(rewrite.Authority) && rewrite.UriRegexRewrite is null)
        {
            findings.Missing(path, "changes nothing; give uri, uriRegexRewrite or authority");
        }

        if (rewrite.UriRegexRewrite is not { } regex)
        {
            return;
        }

        if (string.IsNullOrEmpty(regex.Match) || string.IsNullOrEmpty(regex.Rewrite))
        {
            findings.Missing($"{path}.uriRegexRewrite", "needs both match and rewrite");
        }
        else if (Expressions.Violation(regex.Match) is { } violation)
        {
            findings.Error($"{path}.uriRegexRewrite.match", violation);
        }
    }

    private void CheckRetries(string path, HttpRetry? retries)
    {
        if (retries is null)
        {
            return;
        }

        if (retries.Attempts < 0)
        {
            findings.Error($"{path}.attempts", "is negative; write 0 to switch retries off");
        }
        else if (retries.Attempts is null or 0 && (retries.PerTryTimeout is not null || !string.IsNullOrEmpty(retries.RetryOn) || retries.RetryRemoteLocalities is not null))
        {
            findings.Error($"{path}.attempts", "is 0, which switches retries off, but other settings of retries are there; give attempts, or remove them");
        }

        foreach (var condition in string.IsNullOrEmpty(retries.RetryOn) ? [] : retries.RetryOn.Split(','))
        {
            if (!RetryConditions.Contains(condition) && !(int.TryParse(condition, out var status) && status is >= 100 and <= 599))
            {
                findings.Error($"{path}.retryOn", $"'{condition}' is no condition; use a status or one of {string.Join(", ", RetryConditions.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private void CheckFault(string path, HttpFaultInjection? fault)
    {
        if (fault is { Abort: null, Delay: null })
        {
            findings.Missing(path, "is empty; give delay, abort or both");
        }

        if (fault?.Delay is { } delay)
        {
            if (delay.ExponentialDelay is not null)
            {
                findings.Error($"{path}.delay.exponentialDelay", "is not served by anyone; use fixedDelay");
            }
        }

        if (fault?.Abort is not { } abort)
        {
            return;
        }

        if (abort.Http2Error is not null)
        {
            findings.Error($"{path}.abort.http2Error", "is not served by anyone; use httpStatus or grpcStatus");
        }
        else if (abort is { HttpStatus: null, GrpcStatus: null })
        {
            findings.Warn(FindingCodes.Suspicious, $"{path}.abort", "says not with what to abort; give httpStatus or grpcStatus");
        }

        if (abort.HttpStatus is { } httpStatus)
        {
            CheckStatus($"{path}.abort.httpStatus", httpStatus);
        }

        if (abort.GrpcStatus is { } grpcStatus && !GrpcStatuses.Contains(grpcStatus))
        {
            findings.Error($"{path}.abort.grpcStatus", $"'{grpcStatus}' is no gRPC status; write such as UNAVAILABLE or NOT_FOUND");
        }
    }

    private void CheckCors(string path, CorsPolicy? policy)
    {
        if (policy is null)
        {
            return;
        }

        for (var i = 0; i < policy.AllowOrigins.Length; i++)
        {
            var origin = policy.AllowOrigins[i];
            if (string.IsNullOrEmpty(origin.Exact ?? origin.Prefix ?? origin.Regex))
            {
                findings.Error($"{path}.allowOrigins[{i}]", "is empty; write exact, prefix or regex");
            }
            else if (origin.Regex is { } regex && Expressions.Violation(regex) is { } violation)
            {
                findings.Error($"{path}.allowOrigins[{i}].regex", violation);
            }
        }

        for (var i = 0; i < policy.AllowMethods.Length; i++)
        {
            if (!Methods.Contains(policy.AllowMethods[i]))
            {
                findings.Error($"{path}.allowMethods[{i}]", $"'{policy.AllowMethods[i]}' is no method; use one of {string.Join(", ", Methods.Order(StringComparer.Ordinal))}");
            }
        }

        foreach (var (field, names) in ((string, ImmutableArray<string>)[])[("allowHeaders", policy.AllowHeaders), ("exposeHeaders", policy.ExposeHeaders)])
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (names[i] != "*" && (names[i].Length == 0 || !names[i].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
                {
                    findings.Error($"{path}.{field}[{i}]", $"'{names[i]}' is not a header name; use letters, digits, '-' and '_', or '*' alone");
                }
            }
        }

        if (policy.MaxAge is { } age && DurationText.TryParseGo(age, out var time) && time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            findings.Error($"{path}.maxAge", $"'{age}' is finer than a second; round it");
        }
    }
}
