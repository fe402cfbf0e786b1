namespace NodeMesh.Kubernetes.Models;

/// <summary>An object that another belongs to.</summary>
public sealed record V1OwnerReference : KubernetesModel
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Kind.</summary>
    public string? Kind { get; set; }

    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Unique id.</summary>
    public string? Uid { get; set; }

    /// <summary>It manages the object.</summary>
    public bool? Controller { get; set; }

    /// <summary>It cannot be deleted before the object.</summary>
    public bool? BlockOwnerDeletion { get; set; }
}
