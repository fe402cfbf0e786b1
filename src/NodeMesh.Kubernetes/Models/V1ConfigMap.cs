namespace NodeMesh.Kubernetes.Models;

/// <summary>A ConfigMap.</summary>
public sealed record V1ConfigMap : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Text by key.</summary>
    public Dictionary<string, string>? Data { get; set; }

    /// <summary>Bytes by key.</summary>
    public Dictionary<string, byte[]>? BinaryData { get; set; }

    /// <summary>It can no longer be changed.</summary>
    public bool? Immutable { get; set; }
}
