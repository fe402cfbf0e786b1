namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Which ListenerSets may attach.</summary>
public sealed record AllowedListeners
{
    /// <summary>From which namespaces.</summary>
    public ListenerNamespaces? Namespaces { get; init; }
}
