using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A resource that another belongs to.</summary>
[KnownFields("blockOwnerDeletion")]
public sealed record OwnerReference
{
    /// <summary>Group and version of the owner.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the owner, in the same namespace.</summary>
    public required string Name { get; init; }

    /// <summary>UID of the owner.</summary>
    public string? Uid { get; init; }

    /// <summary>True for the owner that manages it.</summary>
    public bool? Controller { get; init; }
}
