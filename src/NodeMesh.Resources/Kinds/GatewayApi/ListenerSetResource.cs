using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>More listeners for a Gateway.</summary>
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ListenerSetResource : Resource
{
    /// <summary>The listeners.</summary>
    public required ListenerSetSpec Spec { get; init; }

    /// <summary>Written by the controller.</summary>
    public ManifestNode? Status { get; init; }
}
