using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Announces the client's address by the PROXY protocol.</summary>
public sealed record ProxyProtocolSettings
{
    /// <summary>The version; V1 when missing.</summary>
    [OneOf("V1", "V2")]
    public string? Version { get; init; }
}
