namespace NodeMesh.Kubernetes.Models;

/// <summary>A token.</summary>
public sealed record V1TokenRequestStatus : KubernetesModel
{
    /// <summary>The token.</summary>
    public string? Token { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? ExpirationTimestamp { get; set; }
}
