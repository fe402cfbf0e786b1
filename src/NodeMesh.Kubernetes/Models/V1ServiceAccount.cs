namespace NodeMesh.Kubernetes.Models;

/// <summary>A service account.</summary>
public sealed record V1ServiceAccount : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Pods get its token without asking.</summary>
    public bool? AutomountServiceAccountToken { get; set; }
}
