namespace NodeMesh.Model.Routing;

/// <summary>
/// A Gateway API route as it is attached to a service: a producer route (of the service's namespace) is for everybody, a consumer route (of another
/// namespace) for the clients of its own, and hides the producers' from them.
/// </summary>
/// <typeparam name="TMatch">What its rules match.</typeparam>
public sealed record AttachedRoute<TMatch>
    where TMatch : class
{
    /// <summary>Which clients and which port it is for; the namespace is set for a consumer route alone.</summary>
    public required RouteScope Scope { get; init; }

    /// <summary>When it was created, for which goes first; null where nobody knows.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Its rules, in their order.</summary>
    public required ValueList<AttachedRule<TMatch>> Rules { get; init; }
}
