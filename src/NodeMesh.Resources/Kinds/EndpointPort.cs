using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A port of endpoints.</summary>
public sealed record EndpointPort
{
    /// <summary>The service port's name.</summary>
    public string? Name { get; init; }

    /// <summary>The number.</summary>
    public int? Port { get; init; }

    /// <summary>TCP when missing.</summary>
    [OneOf("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    /// <summary>What is spoken on it.</summary>
    public string? AppProtocol { get; init; }
}
