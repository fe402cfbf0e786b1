namespace NodeMesh.Kubernetes.Models;

/// <summary>A condition of a pod.</summary>
public sealed record V1PodCondition : KubernetesModel
{
    /// <summary>Such as <c>Ready</c>.</summary>
    public string? Type { get; set; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string? Status { get; set; }

    /// <summary>For programs.</summary>
    public string? Reason { get; set; }

    /// <summary>For people.</summary>
    public string? Message { get; set; }
}
