namespace NodeMesh.Kubernetes.Models;

/// <summary>The versions of the core group (<c>/api</c>).</summary>
public sealed record V1APIVersions : KubernetesModel
{
    /// <summary>The versions.</summary>
    public List<string> Versions { get; set; } = [];
}
