using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A TCP connection.</summary>
public sealed record TcpSocketAction
{
    /// <summary>A number or a named container port.</summary>
    public required IntOrString Port { get; init; }

    /// <summary>The host to connect to; the pod when missing.</summary>
    public string? Host { get; init; }
}
