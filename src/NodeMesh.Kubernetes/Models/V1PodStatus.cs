namespace NodeMesh.Kubernetes.Models;

/// <summary>What a pod is.</summary>
public sealed record V1PodStatus : KubernetesModel
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; set; }

    /// <summary>Its address.</summary>
    public string? PodIP { get; set; }

    /// <summary>All its addresses, one per family.</summary>
    public List<V1PodIP>? PodIPs { get; set; }

    /// <summary>Its node's address.</summary>
    public string? HostIP { get; set; }

    /// <summary>Conditions, such as <c>Ready</c>.</summary>
    public List<V1PodCondition>? Conditions { get; set; }
}
