using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>
/// Answers the questions of browsers for other origins (CORS), and says in other responses what scripts may read. It stands in the row twice: for the rule, before
/// anything else can answer in its place, and where the rule says nothing for the backend, once that is drawn.
/// </summary>
/// <param name="find">Finds what is to be done; null for nothing.</param>
internal sealed class CorsStep(Func<MeshRequest, CorsPolicy?> find) : IRequestStep
{
    private const string Any = "*";

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (find(request) is not { } policy || request.Http.Request.Headers.Origin is not [{ Length: > 0 } origin, ..])
        {
            return next(request);
        }

        var isAllowed = IsAllowed(policy, origin);
        if (IsPreflight(request))
        {
            return isAllowed || !policy.ForwardUnmatchedPreflights ? AnswerAsync(request, policy, isAllowed ? origin : null) : next(request);
        }

        if (isAllowed)
        {
            request.BeforeResponse.Add(r => Allow(r.Http.Response.Headers, policy, origin));
        }

        return next(request);
    }

    private static bool IsPreflight(MeshRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Http.Request.Headers.AccessControlRequestMethod.Count > 0;

    private static bool IsAllowed(CorsPolicy policy, string origin)
    {
        foreach (var allowed in policy.AllowOrigins)
        {
            if (allowed.Matches(origin))
            {
                return true;
            }
        }

        return false;
    }

    private static Task AnswerAsync(MeshRequest request, CorsPolicy policy, string? origin)
    {
        var headers = request.Http.Response.Headers;
        if (origin is not null)
        {
            var asked = request.Http.Request.Headers;
            request.BeforeResponse.Add(r =>
            {
                var answer = r.Http.Response.Headers;
                Allow(answer, policy, origin);
                answer.AccessControlAllowMethods = List(policy.AllowMethods, policy.AllowCredentials, asked.AccessControlRequestMethod.ToString());
                answer.AccessControlAllowHeaders = List(policy.AllowHeaders, policy.AllowCredentials, asked.AccessControlRequestHeaders.ToString());
                if (policy.MaxAge is { } age)
                {
                    answer.AccessControlMaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                }
            });
        }

        return LocalReply.SendAsync(request, StatusCodes.Status200OK, ResponseFlag.None, "cors_preflight");
    }

    private static void Allow(IHeaderDictionary headers, CorsPolicy policy, string origin)
    {
        headers.AccessControlAllowOrigin = origin;
        headers.Append("vary", "origin");
        if (policy.AllowCredentials)
        {
            headers.AccessControlAllowCredentials = "true";
        }

        if (!policy.ExposeHeaders.IsEmpty)
        {
            headers.AccessControlExposeHeaders = string.Join(", ", policy.ExposeHeaders);
        }
    }

    /// <summary>With credentials a browser takes the star for a name (Fetch, CORS protocol): what was asked for is allowed by name.</summary>
    private static string? List(ValueList<string> allowed, bool withCredentials, string asked)
    {
        if (allowed.IsEmpty)
        {
            return null;
        }

        return withCredentials && allowed.AsSpan().Contains(Any) ? asked : string.Join(", ", allowed);
    }
}
