using NodeMesh.Model.Traffic;

namespace NodeMesh.Model.Routing;

/// <summary>
/// All that routing says of one service, or of one host that a VirtualService names though no service has it. One discovery resource; compared by
/// value, so that it is sent again when it says something else and not because it was compiled again.
/// </summary>
public sealed record ServiceRoutes
{
    /// <summary>Namespace and host name: <see cref="Service.Key"/>, or the namespace of the VirtualService and its host, which may be a pattern.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary>HTTPRoutes. Chosen by the service's address.</summary>
    public ValueList<AttachedRoute<HttpMatch>> Http { get; init; }

    /// <summary>GRPCRoutes. On a port that has any, the HTTPRoutes do not count, as the specification orders.</summary>
    public ValueList<AttachedRoute<GrpcMatch>> Grpc { get; init; }

    /// <summary>Ordered lists, the most important first. On a port that has HTTPRoutes or GRPCRoutes for a client they do not count.</summary>
    public ValueList<OrderedRoutes> Ordered { get; init; }

    /// <summary>Rules for connections, the most important first. They are for connections that no rule of the others is for.</summary>
    public ValueList<ConnectionRule> Connections { get; init; }

    /// <summary>How endpoints are treated, the most important first: for a client, the first that is for its namespace.</summary>
    public ValueList<TrafficPolicy> TrafficPolicies { get; init; }

    /// <summary>How many requests the service takes.</summary>
    public ValueList<RateLimitRule> RateLimits { get; init; }

    /// <summary>True when nothing is said.</summary>
    public bool IsEmpty => Http.IsEmpty && Grpc.IsEmpty && Ordered.IsEmpty && Connections.IsEmpty && TrafficPolicies.IsEmpty && RateLimits.IsEmpty;
}
