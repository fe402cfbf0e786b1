using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>A service account.</summary>
public sealed record TargetIdentity
{
    /// <summary>ServiceAccount.</summary>
    [OneOf("ServiceAccount")]
    public required string Kind { get; init; }

    /// <summary>The service account's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Its namespace; the own one when missing.</summary>
    [Length(0, 63)]
    public string? Namespace { get; init; }

    /// <summary>A port; all when missing.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }
}
