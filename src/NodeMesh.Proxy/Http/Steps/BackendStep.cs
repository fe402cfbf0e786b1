using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Draws the backend of a request by weight; the one of its session where it has one. A request keeps its backend through its retries.</summary>
/// <param name="random">The source of chance; safe for many threads.</param>
internal sealed class BackendStep(Random random) : IRequestStep
{
    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Rule is not { } rule)
        {
            request.BackendService = request.Service ?? PassthroughService.Instance;
            return next(request);
        }

        var backend = request.Backend ?? Draw(rule.Backends);
        if (backend is null)
        {
            request.Record.Error = "no backend of the rule has a weight";
            return LocalReply.SendAsync(request, 500, ResponseFlag.None, "no_backend", grpcStatus: LocalReply.Unavailable);
        }

        request.Backend = backend;
        if (backend.Fault != BackendFault.None)
        {
            request.Record.Error = backend.FaultDetail;
            return RefuseAsync(request, rule);
        }

        if (backend.Redirect is { } redirect)
        {
            request.ChangeResponseFirst(backend.ResponseHeaders);
            return AnswerStep.RedirectAsync(request, redirect);
        }

        request.BackendService = request.Memory.FindService(request.Model, backend);
        if (request.BackendService is null)
        {
            // Routes and services come by streams of their own: one may be ahead.
            request.Record.Error = $"service {backend.Service} is not known";
            return RefuseAsync(request, rule);
        }

        request.Record.DestinationService = request.BackendService;
        return next(request);
    }

    /// <summary>The Gateway API wants 500 for a backend that is not as it should be; Istio's users know 503.</summary>
    private static Task RefuseAsync(MeshRequest request, HttpRule rule) => rule.Origin.Resource.Kind == "VirtualService"
        ? LocalReply.SendAsync(request, 503, ResponseFlag.NoClusterFound, "cluster_not_found")
        : LocalReply.SendAsync(request, 500, ResponseFlag.None, "invalid_backend", grpcStatus: LocalReply.Unavailable);

    private RouteBackend? Draw(ValueList<RouteBackend> backends)
    {
        var total = 0L;
        foreach (var backend in backends)
        {
            total += backend.Weight;
        }

        if (total == 0)
        {
            return null;
        }

        var ticket = backends.Count == 1 ? 0 : random.NextInt64(total);
        foreach (var backend in backends)
        {
            ticket -= backend.Weight;
            if (ticket < 0)
            {
                return backend;
            }
        }

        return null;
    }
}
