using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Tunnels connections through a destination.</summary>
public sealed record TunnelSettings
{
    /// <summary>CONNECT (when missing) or POST.</summary>
    public string? Protocol { get; init; }

    /// <summary>Where the tunnel leads.</summary>
    public required string TargetHost { get; init; }

    /// <summary>Its port.</summary>
    [InRange(1, 65535)]
    public required int TargetPort { get; init; }
}
