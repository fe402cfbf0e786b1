namespace NodeMesh.Control.Hosting;

/// <summary>Which cluster the control plane serves.</summary>
public sealed record KubernetesSettings
{
    /// <summary>A kubeconfig file; empty: that of the pod it runs in, else the user's.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary>A context of the kubeconfig; empty: its current one.</summary>
    public string Context { get; init; } = "";

    /// <summary>This replica's name in the leader's lease; empty: the host's name, which is the pod's.</summary>
    public string Identity { get; init; } = "";
}
