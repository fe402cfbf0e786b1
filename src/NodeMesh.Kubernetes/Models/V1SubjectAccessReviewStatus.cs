namespace NodeMesh.Kubernetes.Models;

/// <summary>Whether an action is allowed.</summary>
public sealed record V1SubjectAccessReviewStatus : KubernetesModel
{
    /// <summary>It is.</summary>
    public bool Allowed { get; set; }

    /// <summary>It is refused outright, not merely not allowed.</summary>
    public bool? Denied { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }
}
