using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Named conditions on connections.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record SmiTcpRouteResource : Resource
{
    /// <summary>The conditions.</summary>
    public SmiTcpRouteSpec? Spec { get; init; }
}
