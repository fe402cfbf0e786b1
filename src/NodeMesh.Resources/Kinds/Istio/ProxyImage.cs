namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>An image of the proxy.</summary>
public sealed record ProxyImage
{
    /// <summary>default, debug or distroless.</summary>
    public string? ImageType { get; init; }
}
