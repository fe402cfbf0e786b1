namespace NodeMesh.Model.Routing;

/// <summary>How a text is compared.</summary>
public enum TextMatchKind
{
    /// <summary>The whole text.</summary>
    Exact,

    /// <summary>The beginning of the text, character by character.</summary>
    Prefix,

    /// <summary>A regular expression that must match the whole text.</summary>
    Pattern,

    /// <summary>Whatever it says, as long as it is there.</summary>
    Present,
}
