using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Who may refer to what.</summary>
public sealed record ReferenceGrantSpec
{
    /// <summary>Who may refer: kinds of other namespaces.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ReferenceGrantFrom> From { get; init; }

    /// <summary>What may be referred to: kinds of this namespace, or single resources.</summary>
    [Count(1, 16)]
    public required ImmutableArray<ReferenceGrantTo> To { get; init; }
}
