using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Finds the rule for a request. Where there are routes and none matches, the answer is 404; where there are none, it goes to the service that was dialled.</summary>
/// <param name="clusterDomain">The DNS suffix of services.</param>
/// <param name="registryOnly">True when destinations outside the mesh are refused.</param>
internal sealed class RouteStep(string clusterDomain, bool registryOnly) : IRequestStep
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
        var egress = request.Source?.Egress;
        request.Service = FindService(request, new ClientView(ns, egress));
        request.Record.DestinationService = request.Service;
        var client = new RouteClient(ns, request.Source?.Labels ?? default, request.Port);
        var decision = RequestRouting.Decide(request.Model, request.Service, client, clusterDomain, request);
        request.IsGrpc |= decision.IsGrpc;
        if (decision.Kind == RouteDecisionKind.NotFound)
        {
            return LocalReply.SendAsync(request, StatusCodes.Status404NotFound, ResponseFlag.NoRouteFound, "route_not_found");
        }

        if (decision.Match is null && request.Service is null && (egress?.RegistryOnly ?? registryOnly) && request.Model.FindWorkload(request.Client.Record.Destination.Address) is null)
        {
            request.Record.Error = $"{request.Authority} is not in the mesh, and the outbound policy is REGISTRY_ONLY";
            return LocalReply.SendAsync(request, StatusCodes.Status502BadGateway, ResponseFlag.NoRouteFound, "direct_response");
        }

        request.Match = decision.Match;
        if (decision.Match is { } match)
        {
            request.Record.Route = match.Rule.Origin.ToString();
        }

        return next(request);
    }

    /// <summary>The service that the address means; where it means none, or several, the host of the request tells.</summary>
    private static Service? FindService(MeshRequest request, ClientView client)
    {
        if (request.Memory.Dialled is { } known)
        {
            return known;
        }

        var destination = request.Client.Record.Destination;
        if (OutboundRouting.FindService(request.Model, destination.Address, client) is { } dialled)
        {
            if (dialled.Canonical)
            {
                // All requests of the connection mean it.
                return request.Memory.Dialled = dialled;
            }

            return OutboundNames.Among(request.Model, dialled, destination.Address, RequestRouting.HostOf(request.Authority), client);
        }

        return request.Model.FindWorkload(destination.Address) is null
            ? OutboundNames.FindNamedOnly(request.Model, RequestRouting.HostOf(request.Authority), destination.Port, client)
            : null;
    }
}
