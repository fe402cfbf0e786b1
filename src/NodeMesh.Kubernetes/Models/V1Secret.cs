namespace NodeMesh.Kubernetes.Models;

/// <summary>A Secret.</summary>
public sealed record V1Secret : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Such as <c>Opaque</c> or <c>kubernetes.io/tls</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Bytes by key.</summary>
    public Dictionary<string, byte[]>? Data { get; set; }

    /// <summary>Text by key, write only: the server moves it into <see cref="Data"/>.</summary>
    public Dictionary<string, string>? StringData { get; set; }

    /// <summary>It can no longer be changed.</summary>
    public bool? Immutable { get; set; }

    /// <summary>Metadata alone: a secret does not belong in a log.</summary>
    /// <returns>Namespace and name.</returns>
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name}";
}
