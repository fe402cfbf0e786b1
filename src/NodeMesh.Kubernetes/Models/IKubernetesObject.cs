namespace NodeMesh.Kubernetes.Models;

/// <summary>An object that the API server stores.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, such as <c>apps/v1</c>; the core group's is <c>v1</c>.</summary>
    string? ApiVersion { get; set; }

    /// <summary>The kind, such as <c>Pod</c>.</summary>
    string? Kind { get; set; }

    /// <summary>Name, labels, versions.</summary>
    V1ObjectMeta Metadata { get; set; }
}
