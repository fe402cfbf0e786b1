namespace NodeMesh.Kubernetes.Models;

/// <summary>A namespace.</summary>
public sealed record V1Namespace : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();
}
