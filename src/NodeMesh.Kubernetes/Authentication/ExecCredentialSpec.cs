namespace NodeMesh.Kubernetes.Authentication;

/// <summary>What an exec plugin is told.</summary>
internal sealed record ExecCredentialSpec
{
    public bool Interactive { get; set; }

    public ExecCluster? Cluster { get; set; }
}
