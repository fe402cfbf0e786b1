namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Named conditions on connections.</summary>
public sealed record SmiTcpRouteSpec
{
    /// <summary>The ports; all when missing.</summary>
    public TcpRouteMatch? Matches { get; init; }
}
