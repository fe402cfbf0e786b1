namespace NodeMesh.Kubernetes.Models;

/// <summary>One of a pod's addresses.</summary>
public sealed record V1PodIP : KubernetesModel
{
    /// <summary>The address.</summary>
    public string? Ip { get; set; }
}
