using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Finds the rule for a request. Where there are routes and none matches, the answer is 404; where there are none, it goes to the service that was dialled.</summary>
/// <param name="clusterDomain">The DNS suffix of services.</param>
internal sealed class RouteStep(string clusterDomain) : IRequestStep
{
    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (HttpMethods.IsConnect(request.Method))
        {
            // As Envoy without a route that takes CONNECT: what is beyond is opaque, and the client can dial it.
            return LocalReply.SendAsync(request, StatusCodes.Status404NotFound, ResponseFlag.NoRouteFound, "route_not_found");
        }

        var ns = request.Pod.Pod.Namespace;
        request.Service = OutboundRouting.FindService(request.Model, request.Client.Record.Destination.Address, ns);
        request.Record.DestinationService = request.Service;
        var client = new RouteClient(ns, request.Source?.Labels ?? default, request.Port);
        var decision = RequestRouting.Decide(request.Model, request.Service, client, clusterDomain, request);
        request.IsGrpc |= decision.IsGrpc;
        if (decision.Kind == RouteDecisionKind.NotFound)
        {
            return LocalReply.SendAsync(request, StatusCodes.Status404NotFound, ResponseFlag.NoRouteFound, "route_not_found");
        }

        request.Match = decision.Match;
        if (decision.Match is { } match)
        {
            request.Record.Route = match.Rule.Origin.ToString();
        }

        return next(request);
    }
}
