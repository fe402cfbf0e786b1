namespace NodeMesh.Kubernetes.Models;

/// <summary>A group.</summary>
public sealed record V1APIGroup : KubernetesModel
{
    /// <summary>Such as <c>apps</c>.</summary>
    public string? Name { get; set; }

    /// <summary>Its served versions, in the server's order of preference.</summary>
    public List<V1GroupVersionForDiscovery> Versions { get; set; } = [];

    /// <summary>The server's choice.</summary>
    public V1GroupVersionForDiscovery? PreferredVersion { get; set; }
}
