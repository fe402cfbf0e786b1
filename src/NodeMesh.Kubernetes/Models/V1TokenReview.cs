namespace NodeMesh.Kubernetes.Models;

/// <summary>Asks the API server whose token it is (<c>authentication.k8s.io/v1</c>).</summary>
public sealed record V1TokenReview : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>The question.</summary>
    public V1TokenReviewSpec? Spec { get; set; }

    /// <summary>The answer.</summary>
    public V1TokenReviewStatus? Status { get; set; }
}
