using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Changes what the backend gets to see: headers, path, authority; and notes what is changed in its answer.</summary>
internal sealed class RewriteStep : IRequestStep
{
    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Match is not { } match)
        {
            return next(request);
        }

        var headers = new HeaderEditor(request.Http.Request.Headers);
        RuleApplication.Apply(match.Rule.RequestHeaders, headers);
        if (request.Backend is { } backend)
        {
            RuleApplication.Apply(backend.RequestHeaders, headers);

            // Those of the rule were noted before: the backend's come first.
            request.ChangeResponseFirst(backend.ResponseHeaders);
        }

        if ((request.Backend?.Rewrite ?? match.Rule.Rewrite)?.Path is not null)
        {
            request.Target = RuleApplication.RewritePath(match, request.Backend, request.Path, request.Query);
        }

        request.Authority = RuleApplication.RewriteAuthority(match, request.Backend, request.Authority);
        return next(request);
    }
}
