namespace NodeMesh.Model.Routing;

/// <summary>How a path is compared; in the order in which matches go before each other.</summary>
public enum PathMatchKind
{
    /// <summary>The whole path.</summary>
    Exact,

    /// <summary>
    /// A regular expression. The Gateway API leaves its place open: between the two it is reached in spite of a rule for everything, and never hides one
    /// for an exact path.
    /// </summary>
    Pattern,

    /// <summary>The leading elements of the path: /a is one of /a, /a/ and /a/b, and not of /ab.</summary>
    Prefix,
}
