namespace NodeMesh.Kubernetes.Models;

/// <summary>The API server's version (<c>/version</c>).</summary>
public sealed record VersionInfo : KubernetesModel
{
    /// <summary>Such as <c>1</c>.</summary>
    public string? Major { get; set; }

    /// <summary>Such as <c>31</c>; some vendors add a <c>+</c>.</summary>
    public string? Minor { get; set; }

    /// <summary>Such as <c>v1.31.2</c>.</summary>
    public string? GitVersion { get; set; }

    /// <summary>Operating system and processor.</summary>
    public string? Platform { get; set; }
}
