namespace NodeMesh.Kubernetes.Models;

/// <summary>A definition of a custom kind (<c>apiextensions.k8s.io/v1</c>).</summary>
public sealed record V1CustomResourceDefinition : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>The definition; read as JSON by whoever needs more than that it changed.</summary>
    public System.Text.Json.JsonElement? Spec { get; set; }
}
