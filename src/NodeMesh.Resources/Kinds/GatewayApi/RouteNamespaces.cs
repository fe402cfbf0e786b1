using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Namespaces from which routes may attach.</summary>
public sealed record RouteNamespaces
{
    /// <summary>Same when missing.</summary>
    [OneOf("All", "Selector", "Same", "None")]
    public string? From { get; init; }

    /// <summary>Which namespaces, for Selector.</summary>
    public LabelSelector? Selector { get; init; }
}
