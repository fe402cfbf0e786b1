namespace NodeMesh.Model;

/// <summary>How a <see cref="StringMatch"/> compares.</summary>
public enum StringMatchKind
{
    /// <summary>Equal, case-sensitive.</summary>
    Exact,

    /// <summary>Starts with.</summary>
    Prefix,

    /// <summary>Ends with.</summary>
    Suffix,

    /// <summary>Present and not empty.</summary>
    Presence,
}
