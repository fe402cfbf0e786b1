using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Routes HTTP requests of a Service or Gateway.</summary>
[PrinterColumn("Hostnames", "string", ".spec.hostnames")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record HttpRouteResource : Resource
{
    /// <summary>The route.</summary>
    public required HttpRouteSpec Spec { get; init; }

    /// <summary>Written by the controller, per parent.</summary>
    public ManifestNode? Status { get; init; }
}
