namespace NodeMesh.Kubernetes.Models;

/// <summary>What a list says of itself.</summary>
public sealed record V1ListMeta : KubernetesModel
{
    /// <summary>The version of the whole collection; a watch from here misses nothing.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Asks for the next page; empty on the last one.</summary>
    public string? Continue { get; set; }

    /// <summary>How many objects follow, where the server knows.</summary>
    public long? RemainingItemCount { get; set; }
}
