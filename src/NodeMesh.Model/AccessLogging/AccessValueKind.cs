namespace NodeMesh.Model.AccessLogging;

/// <summary>What kind of value it is.</summary>
public enum AccessValueKind
{
    /// <summary>There is none: asking for it is an error, as in CEL.</summary>
    Missing,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Flag,
}
