using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>A named condition.</summary>
public sealed record RouteGroupMatch
{
    /// <summary>The name that TrafficTargets and TrafficSplits call it by.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Methods, or * for any.</summary>
    [OneOf("GET", "HEAD", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*")]
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>An expression on the path.</summary>
    public string? PathRegex { get; init; }

    /// <summary>Expressions on headers by name.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;
}
