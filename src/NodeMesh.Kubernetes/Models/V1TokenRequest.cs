namespace NodeMesh.Kubernetes.Models;

/// <summary>Asks for a token of a service account (<c>authentication.k8s.io/v1</c>, subresource <c>token</c>).</summary>
public sealed record V1TokenRequest : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>The wish.</summary>
    public V1TokenRequestSpec? Spec { get; set; }

    /// <summary>The token.</summary>
    public V1TokenRequestStatus? Status { get; set; }
}
