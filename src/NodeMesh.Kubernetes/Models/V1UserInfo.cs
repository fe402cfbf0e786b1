namespace NodeMesh.Kubernetes.Models;

/// <summary>A user or service account.</summary>
public sealed record V1UserInfo : KubernetesModel
{
    /// <summary>Such as <c>system:serviceaccount:shop:web</c>.</summary>
    public string? Username { get; set; }

    /// <summary>Unique id.</summary>
    public string? Uid { get; set; }

    /// <summary>Groups.</summary>
    public List<string>? Groups { get; set; }

    /// <summary>More, such as <c>authentication.kubernetes.io/pod-name</c> and <c>…/pod-uid</c> of a bound token.</summary>
    public Dictionary<string, List<string>>? Extra { get; set; }
}
