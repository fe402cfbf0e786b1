namespace NodeMesh.Kubernetes.Models;

/// <summary>The groups (<c>/apis</c>).</summary>
public sealed record V1APIGroupList : KubernetesModel
{
    /// <summary>The groups.</summary>
    public List<V1APIGroup> Groups { get; set; } = [];
}
