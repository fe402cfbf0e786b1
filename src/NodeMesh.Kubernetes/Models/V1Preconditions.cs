namespace NodeMesh.Kubernetes.Models;

/// <summary>What must hold for a deletion.</summary>
public sealed record V1Preconditions : KubernetesModel
{
    /// <summary>The object has this unique id.</summary>
    public string? Uid { get; set; }

    /// <summary>The object has this version.</summary>
    public string? ResourceVersion { get; set; }
}
