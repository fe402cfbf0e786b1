using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>What is allowed.</summary>
public sealed record TargetRule
{
    /// <summary>HTTPRouteGroup or TCPRoute.</summary>
    [OneOf("HTTPRouteGroup", "TCPRoute", "UDPRoute")]
    public required string Kind { get; init; }

    /// <summary>The route's name, in the same namespace.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Conditions by name; all of the group when missing.</summary>
    public ImmutableArray<string> Matches { get; init; } = [];
}
