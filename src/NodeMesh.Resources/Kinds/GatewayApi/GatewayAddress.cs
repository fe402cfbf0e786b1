using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>An address that a gateway asks for.</summary>
public sealed record GatewayAddress
{
    /// <summary>IPAddress, Hostname, NamedAddress or DOMAIN/NAME; IPAddress when missing.</summary>
    [Length(1, 253)]
    [Matches(Patterns.AddressType, Patterns.AddressTypeWords)]
    public string? Type { get; init; }

    /// <summary>The address; any of the type when missing.</summary>
    [Length(0, 253)]
    public string? Value { get; init; }
}
