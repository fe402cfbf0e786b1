namespace NodeMesh.Model.Routing;

/// <summary>What routes say of a request.</summary>
public enum RouteDecisionKind
{
    /// <summary>No route is for it: it goes to the service that was dialled, or where the connection went.</summary>
    NoRoutes,

    /// <summary>A rule is for it.</summary>
    Rule,

    /// <summary>There are routes, and none of their rules matches: 404, or gRPC status 12 of GRPCRoutes.</summary>
    NotFound,
}
