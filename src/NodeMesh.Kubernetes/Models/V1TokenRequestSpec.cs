namespace NodeMesh.Kubernetes.Models;

/// <summary>What a token shall be.</summary>
public sealed record V1TokenRequestSpec : KubernetesModel
{
    /// <summary>For whom it is made; the API server itself when none is named.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary>How long it shall be good; the server's choice may differ.</summary>
    public long? ExpirationSeconds { get; set; }

    /// <summary>An object with whose end the token ends.</summary>
    public V1BoundObjectReference? BoundObjectRef { get; set; }
}
