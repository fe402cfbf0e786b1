namespace NodeMesh.Model.Routing;

/// <summary>A match of a route's rule, with what is done where it wins.</summary>
/// <typeparam name="TMatch">The match.</typeparam>
/// <typeparam name="TTarget">What is done.</typeparam>
/// <param name="Match">The match.</param>
/// <param name="Order">Its place among equally specific ones.</param>
/// <param name="Target">What is done.</param>
public sealed record RouteCandidate<TMatch, TTarget>(TMatch Match, RouteOrder Order, TTarget Target)
    where TTarget : class;
