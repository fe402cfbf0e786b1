using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>The endpoints of a Service without a selector, as written by hand (v1).</summary>
public sealed record EndpointsResource : Resource
{
    /// <summary>Addresses with ports.</summary>
    public ImmutableArray<EndpointSubset> Subsets { get; init; } = [];
}
