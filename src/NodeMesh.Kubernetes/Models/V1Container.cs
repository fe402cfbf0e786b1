namespace NodeMesh.Kubernetes.Models;

/// <summary>A container of a pod.</summary>
public sealed record V1Container : KubernetesModel
{
    /// <summary>Its name in the pod.</summary>
    public string? Name { get; set; }

    /// <summary>Its image.</summary>
    public string? Image { get; set; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string? ImagePullPolicy { get; set; }

    /// <summary>What it runs instead of the image's entry point.</summary>
    public List<string>? Command { get; set; }

    /// <summary>Arguments.</summary>
    public List<string>? Args { get; set; }
}
