using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A point where traffic enters: addresses and listeners.</summary>
[PrinterColumn("Class", "string", ".spec.gatewayClassName")]
[PrinterColumn("Address", "string", ".status.addresses[*].value")]
[PrinterColumn("Programmed", "string", ".status.conditions[?(@.type==\"Programmed\")].status")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record GatewayResource : Resource
{
    /// <summary>The gateway.</summary>
    public required GatewaySpec Spec { get; init; }

    /// <summary>Written by the controller.</summary>
    public ManifestNode? Status { get; init; }
}
