using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>What the connection is for; fields are ANDed, values of one field ORed.</summary>
public sealed record AuthorizationOperation
{
    /// <summary>Hosts of the request (L7).</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Hosts that must not match (L7).</summary>
    public ImmutableArray<string> NotHosts { get; init; } = [];

    /// <summary>Ports of the workload.</summary>
    public ImmutableArray<string> Ports { get; init; } = [];

    /// <summary>Ports of the workload that must not match.</summary>
    public ImmutableArray<string> NotPorts { get; init; } = [];

    /// <summary>Methods of the request (L7).</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Methods that must not match (L7).</summary>
    public ImmutableArray<string> NotMethods { get; init; } = [];

    /// <summary>Paths of the request (L7).</summary>
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>Paths that must not match (L7).</summary>
    public ImmutableArray<string> NotPaths { get; init; } = [];
}
