using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A check by a command.</summary>
public sealed record WorkloadExecCheck
{
    /// <summary>The program and its arguments.</summary>
    [Count(1, 256)]
    [Length(1, 4096)]
    public required ImmutableArray<string> Command { get; init; }
}
