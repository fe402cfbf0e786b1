namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Where a copy goes.</summary>
public sealed record HttpMirrorPolicy
{
    /// <summary>Where copies of requests go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>Share of requests; all when missing.</summary>
    public Percent? Percentage { get; init; }
}
