using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A port of a ServiceEntry.</summary>
public sealed record ServiceEntryPort
{
    /// <summary>The port that clients dial.</summary>
    [InRange(1, 65535)]
    public required int Number { get; init; }

    /// <summary>The port's name, unique in the entry.</summary>
    [Length(1, 256)]
    public required string Name { get; init; }

    /// <summary>What is spoken on it.</summary>
    [Length(0, 256)]
    public string? Protocol { get; init; }

    /// <summary>The endpoints' port; the same when missing.</summary>
    [InRange(1, 65535)]
    public int? TargetPort { get; init; }
}
