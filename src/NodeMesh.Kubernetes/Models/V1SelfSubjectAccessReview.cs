namespace NodeMesh.Kubernetes.Models;

/// <summary>Asks what the caller may do (<c>authorization.k8s.io/v1</c>).</summary>
public sealed record V1SelfSubjectAccessReview : KubernetesModel, IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; set; }

    /// <inheritdoc/>
    public string? Kind { get; set; }

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>The question.</summary>
    public V1SelfSubjectAccessReviewSpec? Spec { get; set; }

    /// <summary>The answer.</summary>
    public V1SubjectAccessReviewStatus? Status { get; set; }
}
