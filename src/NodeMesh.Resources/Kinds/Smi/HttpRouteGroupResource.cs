using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Named conditions on requests.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record HttpRouteGroupResource : Resource
{
    /// <summary>The conditions.</summary>
    public required HttpRouteGroupSpec Spec { get; init; }
}
