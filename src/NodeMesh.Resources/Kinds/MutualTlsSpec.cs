using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A mode of mutual TLS.</summary>
public sealed record MutualTlsSpec
{
    /// <summary>UNSET inherits.</summary>
    [OneOf("UNSET", "DISABLE", "PERMISSIVE", "STRICT")]
    public string? Mode { get; init; }
}
