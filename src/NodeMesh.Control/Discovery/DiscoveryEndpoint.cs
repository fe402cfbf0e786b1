using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Grpc;

namespace NodeMesh.Control.Discovery;

/// <summary>Serves discovery to node proxies that hold a token.</summary>
internal sealed partial class DiscoveryEndpoint(DeltaDiscoveryServer server, ITokenAuthenticator tokens, ILogger<DiscoveryEndpoint> log)
{
    /// <summary>Adds the endpoint.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="stopping">The host stops: streams are told to go elsewhere.</param>
    public void Map(IEndpointRouteBuilder routes, CancellationToken stopping) =>
        routes.MapGrpcDuplex(AdsMethods.DeltaAggregatedResources, (requests, responses, context, cancellationToken) => ServeAsync(requests, responses, context, stopping, cancellationToken));

    private async Task ServeAsync(
        IAsyncEnumerable<DeltaDiscoveryRequest> requests,
        GrpcServerStream<DeltaDiscoveryResponse> responses,
        GrpcServerContext context,
        CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        if (await tokens.FindAsync(context.GetMetadata("authorization"), cancellationToken) is not { } owner)
        {
            LogRefused(log, context.RemoteEndPoint);
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "the token is not known");
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        try
        {
            await server.HandleAsync(requests, responses, new DiscoveryPeer(owner.Node, context.RemoteEndPoint), linked.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, "the control plane stops");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery refused to {RemoteEndPoint}: no token, or one that is not known")]
    private static partial void LogRefused(ILogger logger, System.Net.IPEndPoint? remoteEndPoint);
}
