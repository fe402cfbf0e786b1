using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A port of a listener.</summary>
public sealed record SidecarPort
{
    /// <summary>Its number.</summary>
    [InRange(0, 65535)]
    public int? Number { get; init; }

    /// <summary>What is spoken on it.</summary>
    public string? Protocol { get; init; }

    /// <summary>The port's name.</summary>
    public string? Name { get; init; }

    /// <summary>Not served.</summary>
    [InRange(0, 65535)]
    public int? TargetPort { get; init; }
}
