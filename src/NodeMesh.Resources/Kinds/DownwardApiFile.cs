using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A file from a field of the pod.</summary>
[WithoutEffect("resourceFieldRef", "is not served by nodemesh local")]
public sealed record DownwardApiFile
{
    /// <summary>The file's path inside the volume.</summary>
    public required string Path { get; init; }

    /// <summary>The field.</summary>
    public FieldSelector? FieldRef { get; init; }

    /// <summary>Mode bits.</summary>
    public int? Mode { get; init; }
}
