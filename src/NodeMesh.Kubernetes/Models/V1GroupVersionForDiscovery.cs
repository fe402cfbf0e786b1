namespace NodeMesh.Kubernetes.Models;

/// <summary>A version of a group.</summary>
public sealed record V1GroupVersionForDiscovery : KubernetesModel
{
    /// <summary>Such as <c>apps/v1</c>.</summary>
    public string? GroupVersion { get; set; }

    /// <summary>Such as <c>v1</c>.</summary>
    public string? Version { get; set; }
}
