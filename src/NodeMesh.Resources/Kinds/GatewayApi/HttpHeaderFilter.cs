using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Changes headers.</summary>
public sealed record HttpHeaderFilter
{
    /// <summary>Headers that replace those of the same name.</summary>
    [Count(0, 16)]
    [UniqueBy("name")]
    public ImmutableArray<HttpHeaderValue> Set { get; init; } = [];

    /// <summary>Headers that are added.</summary>
    [Count(0, 16)]
    [UniqueBy("name")]
    public ImmutableArray<HttpHeaderValue> Add { get; init; } = [];

    /// <summary>Headers that are removed.</summary>
    [Count(0, 16)]
    [UniqueItems]
    public ImmutableArray<string> Remove { get; init; } = [];
}
