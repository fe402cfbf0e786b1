using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>What an exec plugin is told, and what it answers.</summary>
internal sealed record ExecCredential : KubernetesModel
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public ExecCredentialSpec? Spec { get; set; }

    public ExecCredentialStatus? Status { get; set; }
}
