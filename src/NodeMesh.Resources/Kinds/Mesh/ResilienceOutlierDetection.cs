namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>When an endpoint is left out for a while. What a DestinationRule can say of it as well is said there.</summary>
public sealed record ResilienceOutlierDetection
{
    /// <summary>Because it fails more often than the others.</summary>
    public ResilienceSuccessRate? SuccessRate { get; init; }
}
