namespace NodeMesh.Resources.Kinds;

/// <summary>An address of a node.</summary>
public sealed record NodeAddress
{
    /// <summary>InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    public required string Type { get; init; }

    /// <summary>The address or name.</summary>
    public required string Address { get; init; }
}
