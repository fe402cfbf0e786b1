using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A class of Gateways and the controller that serves them.</summary>
[PrinterColumn("Controller", "string", ".spec.controllerName")]
[PrinterColumn("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record GatewayClassResource : Resource
{
    /// <summary>The class.</summary>
    public required GatewayClassSpec Spec { get; init; }

    /// <summary>Written by the controller.</summary>
    public ManifestNode? Status { get; init; }
}
