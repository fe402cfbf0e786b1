using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Lets resources of other namespaces refer to resources of this one.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ReferenceGrantResource : Resource
{
    /// <summary>The grant.</summary>
    public ReferenceGrantSpec? Spec { get; init; }
}
