namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Changes path or authority.</summary>
public sealed record HttpRewrite
{
    /// <summary>The new path, or the new prefix where a prefix matched.</summary>
    public string? Uri { get; init; }

    /// <summary>The new host.</summary>
    public string? Authority { get; init; }

    /// <summary>Changes the path by an expression.</summary>
    public RegexRewrite? UriRegexRewrite { get; init; }
}
