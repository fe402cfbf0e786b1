using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A port, or a range of ports.</summary>
public sealed record NetworkPolicyPort
{
    /// <summary>TCP when missing.</summary>
    [OneOf("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    /// <summary>A number, or the name of a container's port; all ports of the protocol when missing.</summary>
    public IntOrString? Port { get; init; }

    /// <summary>The last port of a range that begins with port.</summary>
    public int? EndPort { get; init; }
}
