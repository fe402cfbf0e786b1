using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Compares a text in one way.</summary>
[AtMostOneOf("exact", "prefix", "regex")]
public sealed record StringMatch
{
    /// <summary>It is equal.</summary>
    public string? Exact { get; init; }

    /// <summary>It begins so.</summary>
    public string? Prefix { get; init; }

    /// <summary>The whole of it matches the RE2 expression.</summary>
    public string? Regex { get; init; }
}
