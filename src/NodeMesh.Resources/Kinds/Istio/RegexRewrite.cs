using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Replaces what an expression matches.</summary>
public sealed record RegexRewrite
{
    /// <summary>The RE2 expression.</summary>
    [Length(0, 1024)]
    public string? Match { get; init; }

    /// <summary>The replacement, with \1 for the first group.</summary>
    public string? Rewrite { get; init; }
}
