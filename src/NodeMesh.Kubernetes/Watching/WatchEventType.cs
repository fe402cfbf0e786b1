namespace NodeMesh.Kubernetes.Watching;

/// <summary>What happened to an object.</summary>
public enum WatchEventType
{
    /// <summary>It was made, or is there at the beginning.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone; the object is its last state.</summary>
    Deleted,

    /// <summary>Nothing happened up to this version.</summary>
    Bookmark,
}
