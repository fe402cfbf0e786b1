using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>The environment of an extension.</summary>
public sealed record WasmVmConfig
{
    /// <summary>Variables.</summary>
    [Count(0, 256)]
    [UniqueBy("name")]
    public ImmutableArray<WasmEnvVar> Env { get; init; } = [];
}
