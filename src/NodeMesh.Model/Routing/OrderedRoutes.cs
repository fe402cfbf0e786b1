namespace NodeMesh.Model.Routing;

/// <summary>An ordered list of rules for the requests of a host: the first rule that matches wins. VirtualService and TrafficSplit are such lists.</summary>
public sealed record OrderedRoutes
{
    /// <summary>Where it was written.</summary>
    public required ResourceOrigin Origin { get; init; }

    /// <summary>
    /// The clients' namespace for which it is; empty for all. Where several lists could be for a client, the first of <see cref="ServiceRoutes.Ordered"/>
    /// is: the translation puts a client namespace's own before those of the service's namespace, and these before others.
    /// </summary>
    public string ClientNamespace { get; init; } = "";

    /// <summary>
    /// True when it is chosen by the authority that the client sends (VirtualService); false when by the service that was dialled (TrafficSplit).
    /// </summary>
    public bool ByHost { get; init; }

    /// <summary>True when a request that no rule matches goes to the service as if there were no rules (TrafficSplit); false when it gets 404.</summary>
    public bool FallsThrough { get; init; }

    /// <summary>Its rules.</summary>
    public ValueList<OrderedRule> Rules { get; init; }
}
