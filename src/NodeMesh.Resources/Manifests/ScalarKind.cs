namespace NodeMesh.Resources.Manifests;

/// <summary>What a scalar stands for.</summary>
public enum ScalarKind
{
    /// <summary>A string.</summary>
    String,

    /// <summary>Nothing.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer of up to 64 bits.</summary>
    Integer,

    /// <summary>Another number.</summary>
    Float,
}
