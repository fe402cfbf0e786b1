namespace NodeMesh.Kubernetes.Informers;

/// <summary>What an informer tells.</summary>
public enum ResourceEventType
{
    /// <summary>The object is new here.</summary>
    Added,

    /// <summary>It changed; on a resync it is the same.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Deleted,
}
