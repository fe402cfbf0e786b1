namespace NodeMesh.Resources.Kinds;

/// <summary>An address of a node.</summary>
public sealed record HostIP
{
    /// <summary>The address.</summary>
    public required string Ip { get; init; }
}
