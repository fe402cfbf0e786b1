namespace NodeMesh.Kubernetes.Models;

/// <summary>A lease (<c>coordination.k8s.io/v1</c>): who leads.</summary>
public sealed record V1Lease : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Holder and times.</summary>
    public V1LeaseSpec? Spec { get; set; }
}
