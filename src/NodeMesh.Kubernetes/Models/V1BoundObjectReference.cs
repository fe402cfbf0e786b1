namespace NodeMesh.Kubernetes.Models;

/// <summary>A pod or secret that a token is bound to.</summary>
public sealed record V1BoundObjectReference : KubernetesModel
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; set; }

    /// <summary><c>Pod</c> or <c>Secret</c>.</summary>
    public string? Kind { get; set; }

    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Unique id.</summary>
    public string? Uid { get; set; }
}
