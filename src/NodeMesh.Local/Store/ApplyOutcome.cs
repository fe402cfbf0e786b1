namespace NodeMesh.Local.Store;

/// <summary>What became of an object.</summary>
internal enum ApplyOutcome
{
    /// <summary>It was new.</summary>
    Created,

    /// <summary>It changed.</summary>
    Configured,

    /// <summary>It was there already.</summary>
    Unchanged,
}
