using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Matches a path.</summary>
public sealed record HttpPathMatch
{
    /// <summary>PathPrefix when missing.</summary>
    [OneOf("Exact", "PathPrefix", "RegularExpression")]
    public string? Type { get; init; }

    /// <summary>The path; / when missing.</summary>
    [Length(0, 1024)]
    public string? Value { get; init; }
}
