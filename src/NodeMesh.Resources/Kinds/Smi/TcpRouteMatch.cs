using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Ports.</summary>
public sealed record TcpRouteMatch
{
    /// <summary>The match's name.</summary>
    public string? Name { get; init; }

    /// <summary>Ports of the destination.</summary>
    [InRange(1, 65535)]
    public ImmutableArray<int> Ports { get; init; } = [];
}
