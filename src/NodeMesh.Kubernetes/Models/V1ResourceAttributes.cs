namespace NodeMesh.Kubernetes.Models;

/// <summary>An action on a resource.</summary>
public sealed record V1ResourceAttributes : KubernetesModel
{
    /// <summary>Namespace; empty means all, or none for kinds of the whole cluster.</summary>
    public string? Namespace { get; set; }

    /// <summary>Such as <c>list</c>.</summary>
    public string? Verb { get; set; }

    /// <summary>Group.</summary>
    public string? Group { get; set; }

    /// <summary>Version.</summary>
    public string? Version { get; set; }

    /// <summary>Plural.</summary>
    public string? Resource { get; set; }

    /// <summary>Such as <c>status</c>.</summary>
    public string? Subresource { get; set; }

    /// <summary>One object; all when missing.</summary>
    public string? Name { get; set; }
}
