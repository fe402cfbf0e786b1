namespace NodeMesh.Resources.Kinds;

/// <summary>An address of a pod.</summary>
public sealed record PodIP
{
    /// <summary>The address.</summary>
    public required string Ip { get; init; }
}
