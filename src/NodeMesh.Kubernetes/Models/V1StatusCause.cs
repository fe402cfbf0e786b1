namespace NodeMesh.Kubernetes.Models;

/// <summary>One finding of a refusal.</summary>
public sealed record V1StatusCause : KubernetesModel
{
    /// <summary>For programs.</summary>
    public string? Reason { get; set; }

    /// <summary>For people.</summary>
    public string? Message { get; set; }

    /// <summary>The field, such as <c>spec.ports[0].port</c>.</summary>
    public string? Field { get; set; }
}
