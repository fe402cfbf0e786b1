using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A header that gets a claim.</summary>
public sealed record ClaimToHeader
{
    /// <summary>The header.</summary>
    [Length(1, 4096)]
    [Matches(Patterns.IstioHeaderName, Patterns.IstioHeaderNameWords)]
    public required string Header { get; init; }

    /// <summary>The claim.</summary>
    [Length(1, 4096)]
    public required string Claim { get; init; }
}
