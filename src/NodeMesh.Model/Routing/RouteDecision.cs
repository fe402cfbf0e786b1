namespace NodeMesh.Model.Routing;

/// <summary>What routes say of a request.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Match">The rule that won; with <see cref="RouteDecisionKind.Rule"/> alone.</param>
/// <param name="Host">The key of the service or host whose routes were asked; null where there were none.</param>
/// <param name="IsGrpc">True when the routes are GRPCRoutes, so that an error is a gRPC status.</param>
public readonly record struct RouteDecision(RouteDecisionKind Kind, RouteMatch? Match, NamespacedName? Host, bool IsGrpc);
