using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A body.</summary>
[AtMostOneOf("string", "bytes")]
public sealed record HttpBody
{
    /// <summary>As text.</summary>
    public string? String { get; init; }

    /// <summary>As base64.</summary>
    public string? Bytes { get; init; }
}
