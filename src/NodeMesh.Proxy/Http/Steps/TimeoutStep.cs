using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Limits how long a request may take, with all its tries: what the rule says and what the client says itself, the less of them.</summary>
internal sealed class TimeoutStep : IRequestStep
{
    private const string ClientTimeout = "x-envoy-upstream-rq-timeout-ms";

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        var headers = request.Http.Request.Headers;
        var ofMesh = RequestDeadline.Least(request.Rule?.Timeout ?? TimeSpan.Zero, OfHeader(headers));

        // A client that stops to wait is served no longer.
        var ofCall = headers[GrpcTimeout.Name] is [{ } text, ..] && GrpcTimeout.TryParse(text, out var parsed) ? parsed : TimeSpan.Zero;
        var limit = RequestDeadline.Least(ofMesh, ofCall);
        if (limit > TimeSpan.Zero && !request.IsUpgrade)
        {
            // From now on: an injected delay is no part of it, as with Envoy.
            request.Limit = request.Elapsed + limit;
            request.IsLimitedByCall = limit == ofCall;
            request.LimitTime(limit);
        }

        return next(request);
    }

    private static TimeSpan OfHeader(IHeaderDictionary headers) =>
        headers[ClientTimeout] is [{ } milliseconds, ..]
            && long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(number)
            : TimeSpan.Zero;
}
