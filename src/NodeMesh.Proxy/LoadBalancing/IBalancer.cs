namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Chooses an endpoint of a group. Has no state of its own.</summary>
internal interface IBalancer
{
    /// <summary>Chooses.</summary>
    /// <param name="group">The group; not empty.</param>
    /// <param name="query">The request.</param>
    /// <param name="panic">True when unusable endpoints are taken too.</param>
    /// <returns>The endpoint's index; -1 when none may be taken.</returns>
    int Pick(EndpointGroup group, in EndpointQuery query, bool panic);
}
