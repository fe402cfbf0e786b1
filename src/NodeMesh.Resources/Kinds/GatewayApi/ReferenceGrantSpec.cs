using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Who may refer to what.</summary>
public sealed record ReferenceGrantSpec
{
    /// <summary>Who.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ReferenceGrantFrom> From { get; init; }

    /// <summary>What.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ReferenceGrantTo> To { get; init; }
}
