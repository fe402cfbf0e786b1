namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>One destination of connections.</summary>
public sealed record RouteDestination
{
    /// <summary>Where connections go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>Its share among its siblings.</summary>
    public int? Weight { get; init; }
}
