using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A kind of routes.</summary>
public sealed record RouteGroupKind
{
    /// <summary>API group; gateway.networking.k8s.io when missing.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public string? Group { get; init; }

    /// <summary>The kind of routes, such as HTTPRoute.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }
}
