using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery;

/// <summary>The methods of <c>envoy.service.discovery.v3.AggregatedDiscoveryService</c>.</summary>
public static class AdsMethods
{
    /// <summary>Delta discovery of all types on one stream.</summary>
    public static GrpcMethod<DeltaDiscoveryRequest, DeltaDiscoveryResponse> DeltaAggregatedResources { get; } =
        new("envoy.service.discovery.v3.AggregatedDiscoveryService", "DeltaAggregatedResources", DeltaDiscoveryRequest.Parser, DeltaDiscoveryResponse.Parser);
}
