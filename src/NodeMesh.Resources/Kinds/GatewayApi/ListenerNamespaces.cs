using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Namespaces from which ListenerSets may attach.</summary>
public sealed record ListenerNamespaces
{
    /// <summary>None when missing.</summary>
    [OneOf("All", "Selector", "Same", "None")]
    public string? From { get; init; }

    /// <summary>Which namespaces, for Selector.</summary>
    public LabelSelector? Selector { get; init; }
}
