namespace NodeMesh.Kubernetes.Models;

/// <summary>A resource that the server serves.</summary>
public sealed record V1APIResource : KubernetesModel
{
    /// <summary>The plural, such as <c>pods</c>, or a subresource, such as <c>pods/log</c>.</summary>
    public string? Name { get; set; }

    /// <summary>The singular.</summary>
    public string? SingularName { get; set; }

    /// <summary>The kind.</summary>
    public string? Kind { get; set; }

    /// <summary>Its objects are in namespaces.</summary>
    public bool Namespaced { get; set; }

    /// <summary>What can be done.</summary>
    public List<string>? Verbs { get; set; }

    /// <summary>Short names, such as <c>po</c>.</summary>
    public List<string>? ShortNames { get; set; }

    /// <summary>Categories, such as <c>all</c>.</summary>
    public List<string>? Categories { get; set; }
}
