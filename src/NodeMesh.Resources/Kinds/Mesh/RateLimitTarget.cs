using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A service whose requests are limited.</summary>
public sealed record RateLimitTarget
{
    /// <summary>API group; empty for core.</summary>
    public string? Group { get; init; }

    /// <summary>Kind: Service.</summary>
    [OneOf("Service")]
    public required string Kind { get; init; }

    /// <summary>The service's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>The service's port; all of them when missing.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }
}
