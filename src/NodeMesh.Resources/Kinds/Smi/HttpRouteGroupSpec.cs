using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Smi;

/// <summary>Named conditions on requests.</summary>
public sealed record HttpRouteGroupSpec
{
    /// <summary>The conditions.</summary>
    [Count(1, 256)]
    [UniqueBy("name")]
    public required ImmutableArray<RouteGroupMatch> Matches { get; init; }
}
