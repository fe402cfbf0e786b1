namespace NodeMesh.Resources.Manifests;

/// <summary>The kinds of shapes that a manifest's values have.</summary>
internal enum ShapeKind
{
    /// <summary>A string, number, boolean or instant.</summary>
    Scalar,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map with free keys.</summary>
    Map,

    /// <summary>A map with the fields of a record.</summary>
    Record,

    /// <summary>Anything, kept as it is.</summary>
    Tree,
}
