using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A header of a check.</summary>
public sealed record WorkloadHttpHeader
{
    /// <summary>Its name.</summary>
    [Matches(Patterns.IstioHeaderName, Patterns.IstioHeaderNameWords)]
    public string? Name { get; init; }

    /// <summary>Its value.</summary>
    public string? Value { get; init; }
}
