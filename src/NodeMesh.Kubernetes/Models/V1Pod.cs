namespace NodeMesh.Kubernetes.Models;

/// <summary>A pod.</summary>
public sealed record V1Pod : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What it shall be.</summary>
    public V1PodSpec? Spec { get; set; }

    /// <summary>What it is.</summary>
    public V1PodStatus? Status { get; set; }
}
