using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A service for whose endpoints a policy is.</summary>
public sealed record ResilienceTarget
{
    /// <summary>API group; empty for a Service, networking.istio.io for a ServiceEntry.</summary>
    public string? Group { get; init; }

    /// <summary>Kind: Service or ServiceEntry.</summary>
    [OneOf("Service", "ServiceEntry")]
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>The service's port; all of them when missing.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }
}
