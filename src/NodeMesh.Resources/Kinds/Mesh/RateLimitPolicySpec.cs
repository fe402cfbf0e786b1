using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>The spec of a RateLimitPolicy.</summary>
public sealed record RateLimitPolicySpec
{
    /// <summary>Services of the policy's namespace whose requests are limited.</summary>
    [Count(1, 16)]
    public required ImmutableArray<RateLimitTarget> TargetRefs { get; init; }

    /// <summary>The limits; a request has to keep all that are for it.</summary>
    [Count(1, 16)]
    [UniqueBy("name")]
    public required ImmutableArray<RateLimitPolicyRule> Rules { get; init; }
}
