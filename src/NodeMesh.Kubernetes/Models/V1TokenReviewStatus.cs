namespace NodeMesh.Kubernetes.Models;

/// <summary>The answer of a <see cref="V1TokenReview"/>.</summary>
public sealed record V1TokenReviewStatus : KubernetesModel
{
    /// <summary>The token is good for one of the audiences.</summary>
    public bool? Authenticated { get; set; }

    /// <summary>Whose it is.</summary>
    public V1UserInfo? User { get; set; }

    /// <summary>The audiences of the question that the token is made for. An authenticator that knows no audiences leaves this empty: do not trust it then.</summary>
    public List<string>? Audiences { get; set; }

    /// <summary>Why it is not good.</summary>
    public string? Error { get; set; }
}
