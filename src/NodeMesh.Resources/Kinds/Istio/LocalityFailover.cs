namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which region stands in for which.</summary>
public sealed record LocalityFailover
{
    /// <summary>The region that fails.</summary>
    public string? From { get; init; }

    /// <summary>The region that stands in.</summary>
    public string? To { get; init; }
}
