using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Answers where the rule does so itself: a redirect, a fixed answer, or 500 for a rule that cannot be done.</summary>
internal sealed class AnswerStep : IRequestStep
{
    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Match is not { Rule: var rule })
        {
            return next(request);
        }

        request.ChangeResponse(rule.ResponseHeaders);
        if (rule.Invalid is { } reason)
        {
            request.Record.Error = reason;
            return LocalReply.SendAsync(request, 500, ResponseFlag.None, "invalid_route", grpcStatus: LocalReply.Unavailable);
        }

        if (rule.Redirect is { } redirect)
        {
            return RedirectAsync(request, redirect);
        }

        return rule.DirectResponse is { } direct
            ? LocalReply.SendAsync(request, direct.Status, ResponseFlag.None, "direct_response", direct.Body ?? "")
            : next(request);
    }

    /// <summary>Answers with a redirect of the request's rule, or of its backend.</summary>
    /// <param name="request">The request.</param>
    /// <param name="redirect">The redirect.</param>
    /// <returns>When the client has it.</returns>
    public static Task RedirectAsync(MeshRequest request, HttpRedirect redirect)
    {
        request.Http.Response.Headers.Location = RuleApplication.Location(redirect, request.Match?.MatchedPrefix, request, request.Query, request.Port);
        return LocalReply.SendAsync(request, redirect.Status, ResponseFlag.None, "direct_response");
    }
}
