namespace NodeMesh.Resources.Kinds;

/// <summary>A ConfigMap or Secret by name.</summary>
public sealed record ObjectReference
{
    /// <summary>The name, in the pod's namespace.</summary>
    public string? Name { get; init; }

    /// <summary>True when it may be missing.</summary>
    public bool? Optional { get; init; }
}
