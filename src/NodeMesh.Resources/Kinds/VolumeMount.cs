using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Where a volume appears in a container.</summary>
[KnownFields("mountPropagation", "recursiveReadOnly", "subPathExpr")]
public sealed record VolumeMount
{
    /// <summary>The volume.</summary>
    public required string Name { get; init; }

    /// <summary>Where it appears.</summary>
    public required string MountPath { get; init; }

    /// <summary>The part of it that appears.</summary>
    public string? SubPath { get; init; }

    /// <summary>True when it cannot be written.</summary>
    public bool? ReadOnly { get; init; }
}
