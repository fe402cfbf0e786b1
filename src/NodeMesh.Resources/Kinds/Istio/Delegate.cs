namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Names another VirtualService.</summary>
public sealed record Delegate
{
    /// <summary>The VirtualService's name.</summary>
    public string? Name { get; init; }

    /// <summary>Its namespace; the own one when missing.</summary>
    public string? Namespace { get; init; }
}
