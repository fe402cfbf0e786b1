namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Names a service, or a subset of it.</summary>
public sealed record Destination
{
    /// <summary>The service, short or qualified.</summary>
    public required string Host { get; init; }

    /// <summary>A subset of its DestinationRule.</summary>
    public string? Subset { get; init; }

    /// <summary>Its port; needed where it has several.</summary>
    public PortSelector? Port { get; init; }
}
