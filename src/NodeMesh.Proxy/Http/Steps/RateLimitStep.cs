using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Refuses requests beyond the limits of the service that was dialled. A request has to keep all limits that are for it; the first that it does not keep answers.</summary>
/// <param name="limiter">The node's buckets.</param>
/// <param name="shared">The buckets that all nodes share; null where there is nobody to share with: then they are the node's, too.</param>
internal sealed class RateLimitStep(RateLimiter limiter, MeshRateLimiter? shared) : IRequestStep
{
    private const int TooManyRequests = 429;

    /// <summary>Retries of other proxies ask for it (<c>envoy-ratelimited</c>).</summary>
    private const string RateLimited = "x-envoy-ratelimited";

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Service is not { } service || request.Memory.FindRoutes(request.Model, service) is not { Routes.RateLimits: { IsEmpty: false } rules })
        {
            return next(request);
        }

        return Check(request, next, service, rules, 0);
    }

    private Task Check(MeshRequest request, RequestHandler next, Service service, ValueList<RateLimitRule> rules, int from)
    {
        var (address, ns) = (request.Client.Record.Source.Address, request.Pod.Pod.Namespace);
        var principal = request.Pod.Principal;
        for (var i = from; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (!rule.Counts(request, request.Port, principal, ns, address))
            {
                continue;
            }

            var key = KeyOf(rule, service, request, principal, ns);
            RateLimitVerdict verdict;
            if (rule.Scope == RateLimitScope.Node || shared is null)
            {
                verdict = limiter.Take(rule, key);
            }
            else if (shared.Take(rule, key, out verdict) is { } waiter)
            {
                return WaitAsync(request, next, service, rules, i, waiter);
            }

            if (!verdict.Allowed)
            {
                return RefuseAsync(request, rule, verdict);
            }
        }

        return next(request);
    }

    private async Task WaitAsync(MeshRequest request, RequestHandler next, Service service, ValueList<RateLimitRule> rules, int index, TaskCompletionSource<RateLimitVerdict> waiter)
    {
        RateLimitVerdict verdict;
        await using (request.Cancellation.UnsafeRegister(static state => ((TaskCompletionSource<RateLimitVerdict>)state!).TrySetCanceled(), waiter))
        {
            try
            {
                verdict = await waiter.Task;
            }
            catch (OperationCanceledException)
            {
                // The client did not wait for it.
                request.Http.Abort();
                return;
            }
        }

        if (verdict.Allowed)
        {
            await Check(request, next, service, rules, index + 1);
        }
        else
        {
            await RefuseAsync(request, rules[index], verdict);
        }
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
