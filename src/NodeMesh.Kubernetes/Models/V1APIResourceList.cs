namespace NodeMesh.Kubernetes.Models;

/// <summary>The resources of a version of a group.</summary>
public sealed record V1APIResourceList : KubernetesModel
{
    /// <summary>Such as <c>apps/v1</c>.</summary>
    public string? GroupVersion { get; set; }

    /// <summary>The resources and their subresources (<c>pods/log</c>).</summary>
    public List<V1APIResource> Resources { get; set; } = [];
}
