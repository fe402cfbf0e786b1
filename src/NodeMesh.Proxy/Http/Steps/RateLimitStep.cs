using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Refuses requests beyond the limits of the service that was dialled. A request has to keep all limits that are for it; the first that it does not keep answers.</summary>
/// <param name="limiter">The buckets.</param>
internal sealed class RateLimitStep(RateLimiter limiter) : IRequestStep
{
    private const int TooManyRequests = 429;

    /// <summary>Retries of other proxies ask for it (<c>envoy-ratelimited</c>).</summary>
    private const string RateLimited = "x-envoy-ratelimited";

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Service is not { } service || request.Model.FindRoutes(service.Key) is not { Routes.RateLimits: { IsEmpty: false } rules })
        {
            return next(request);
        }

        var (address, ns) = (request.Client.Record.Source.Address, request.Pod.Pod.Namespace);
        var principal = request.Pod.Principal;
        foreach (var rule in rules)
        {
            if (!rule.Counts(request, request.Port, principal, ns, address))
            {
                continue;
            }

            var verdict = limiter.Take(rule, KeyOf(rule, service, request, principal, ns));
            if (!verdict.Allowed)
            {
                return RefuseAsync(request, rule, verdict);
            }
        }

        return next(request);
    }

    private static RateLimitBucketKey KeyOf(RateLimitRule rule, Service service, MeshRequest request, string principal, string ns)
    {
        var key = new RateLimitBucketKey(rule.Origin, rule.Name, service.Key);
        for (var i = 0; i < rule.Keys.Count && i < RateLimitBucketKey.MaximumValues; i++)
        {
            key = key.With(i, rule.Keys[i].Kind switch
            {
                RateLimitKeyKind.SourceIdentity => principal,
                RateLimitKeyKind.SourceNamespace => ns,

                // The address keeps its text.
                RateLimitKeyKind.RemoteAddress => request.Client.Record.Source.Address.ToString(),
                RateLimitKeyKind.Header => request.FindHeader(rule.Keys[i].Name) ?? "",
                RateLimitKeyKind.Path => request.Path,
                _ => request.Method,
            });
        }

        return key;
    }

    /// <summary>As RFC 6585 section 4 says, with the fields of draft-ietf-httpapi-ratelimit-headers.</summary>
    private static Task RefuseAsync(MeshRequest request, RateLimitRule rule, in RateLimitVerdict verdict)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(verdict.Wait.TotalSeconds));
        var period = Math.Max(1, (long)Math.Ceiling(rule.Period.TotalSeconds));
        var headers = request.Http.Response.Headers;
        headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{rule.Name}\";r=0;t={seconds}");
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{rule.Name}\";q={rule.Requests};w={period}");
        headers[RateLimited] = "true";
        request.Record.Error = $"rule {rule.Name} of {rule.Origin}";
        return LocalReply.SendAsync(request, TooManyRequests, ResponseFlag.RateLimited, "request_rate_limited", "rate limit exceeded");
    }
}
