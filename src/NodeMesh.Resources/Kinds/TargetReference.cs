using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A reference to the object behind an address.</summary>
[KnownFields("apiVersion", "fieldPath", "resourceVersion")]
public sealed record TargetReference
{
    /// <summary>Its kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Its namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its UID.</summary>
    public string? Uid { get; init; }
}
