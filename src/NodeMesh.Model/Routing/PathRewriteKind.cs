namespace NodeMesh.Model.Routing;

/// <summary>What of a path is replaced.</summary>
public enum PathRewriteKind
{
    /// <summary>All of it; the query string stays.</summary>
    Full,

    /// <summary>The elements that a Gateway API prefix matched; a slash is put between where one is needed.</summary>
    Prefix,

    /// <summary>The characters that a VirtualService's prefix matched, with nothing put between; all of it where the match was not by prefix.</summary>
    StringPrefix,

    /// <summary>What a regular expression matches, every time, with references to its groups.</summary>
    Pattern,
}
