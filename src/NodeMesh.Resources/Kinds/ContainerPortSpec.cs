using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A port of a container.</summary>
[KnownFields("hostIP")]
public sealed record ContainerPortSpec
{
    /// <summary>A name that services may give as target port.</summary>
    public string? Name { get; init; }

    /// <summary>The number, 1 to 65535.</summary>
    public int? ContainerPort { get; init; }

    /// <summary>TCP when missing.</summary>
    [OneOf("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    /// <summary>Without effect in nodemesh local.</summary>
    public int? HostPort { get; init; }
}
