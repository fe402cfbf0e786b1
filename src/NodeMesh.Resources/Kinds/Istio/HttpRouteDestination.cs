namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>One destination of requests.</summary>
public sealed record HttpRouteDestination
{
    /// <summary>Where requests go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>Its share among its siblings.</summary>
    public int? Weight { get; init; }

    /// <summary>Changes headers.</summary>
    public HeaderOperations? Headers { get; init; }
}
