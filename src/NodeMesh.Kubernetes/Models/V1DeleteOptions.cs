namespace NodeMesh.Kubernetes.Models;

/// <summary>How to delete.</summary>
public sealed record V1DeleteOptions : KubernetesModel
{
    /// <summary>Group and version.</summary>
    public string ApiVersion { get; set; } = "v1";

    /// <summary>Always <c>DeleteOptions</c>.</summary>
    public string Kind { get; set; } = "DeleteOptions";

    /// <summary>Seconds that a pod is given to end; 0 removes at once.</summary>
    public long? GracePeriodSeconds { get; set; }

    /// <summary><c>Orphan</c>, <c>Background</c> or <c>Foreground</c>: what becomes of the objects that belong to it.</summary>
    public string? PropagationPolicy { get; set; }

    /// <summary>Deletes only this very object.</summary>
    public V1Preconditions? Preconditions { get; set; }

    /// <summary><c>All</c>: checks, and changes nothing.</summary>
    public List<string>? DryRun { get; set; }
}
