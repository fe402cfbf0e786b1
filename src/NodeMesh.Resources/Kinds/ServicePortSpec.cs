using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A port of a Service.</summary>
public sealed record ServicePortSpec
{
    /// <summary>Its name; needed when there are several.</summary>
    public string? Name { get; init; }

    /// <summary>The port that clients dial.</summary>
    public required int Port { get; init; }

    /// <summary>The pods' port, by number or name; the same as port when missing.</summary>
    public IntOrString? TargetPort { get; init; }

    /// <summary>TCP when missing.</summary>
    [OneOf("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    /// <summary>What is spoken on it.</summary>
    public string? AppProtocol { get; init; }

    /// <summary>Without effect here.</summary>
    public int? NodePort { get; init; }
}
