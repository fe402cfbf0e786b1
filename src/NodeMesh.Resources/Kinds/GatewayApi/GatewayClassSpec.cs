using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Who serves the Gateways of a class.</summary>
public sealed record GatewayClassSpec
{
    /// <summary>The controller, as DOMAIN/PATH.</summary>
    [Length(1, 253)]
    [Matches(Patterns.ControllerName, Patterns.ControllerNameWords)]
    public required string ControllerName { get; init; }

    /// <summary>A resource with the controller's parameters.</summary>
    public ParametersReference? ParametersRef { get; init; }

    /// <summary>A few words for people.</summary>
    [Length(0, 64)]
    public string? Description { get; init; }
}
