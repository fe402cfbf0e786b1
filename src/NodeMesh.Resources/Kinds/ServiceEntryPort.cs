namespace NodeMesh.Resources.Kinds;

/// <summary>A port of a ServiceEntry.</summary>
public sealed record ServiceEntryPort
{
    /// <summary>The port that clients dial.</summary>
    public required int Number { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What is spoken on it.</summary>
    public string? Protocol { get; init; }

    /// <summary>The endpoints' port; the same when missing.</summary>
    public int? TargetPort { get; init; }
}
