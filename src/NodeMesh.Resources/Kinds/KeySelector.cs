namespace NodeMesh.Resources.Kinds;

/// <summary>A key of a ConfigMap or Secret.</summary>
public sealed record KeySelector
{
    /// <summary>The ConfigMap or Secret, in the pod's namespace.</summary>
    public string? Name { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>True when it may be missing.</summary>
    public bool? Optional { get; init; }
}
