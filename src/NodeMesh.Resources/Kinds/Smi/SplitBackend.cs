using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>One service of a split.</summary>
public sealed record SplitBackend
{
    /// <summary>The service's name, in the same namespace.</summary>
    [Length(1, 253)]
    public required string Service { get; init; }

    /// <summary>Its share; 0 gets none.</summary>
    [InRange(0, 2147483647)]
    public required int Weight { get; init; }
}
