namespace NodeMesh.Kubernetes.Models;

/// <summary>The question of a <see cref="V1TokenReview"/>.</summary>
public sealed record V1TokenReviewSpec : KubernetesModel
{
    /// <summary>The token.</summary>
    public string? Token { get; set; }

    /// <summary>For whom it must have been made; the API server itself when none is named.</summary>
    public List<string>? Audiences { get; set; }
}
