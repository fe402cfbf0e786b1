namespace NodeMesh.Kubernetes.Models;

/// <summary>The question of a <see cref="V1SelfSubjectAccessReview"/>.</summary>
public sealed record V1SelfSubjectAccessReviewSpec : KubernetesModel
{
    /// <summary>What is to be done, and to what.</summary>
    public V1ResourceAttributes? ResourceAttributes { get; set; }
}
