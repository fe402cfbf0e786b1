using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which traffic.</summary>
public sealed record WasmTrafficSelector
{
    /// <summary>At which end.</summary>
    [OneOf("UNDEFINED", "CLIENT", "SERVER", "CLIENT_AND_SERVER")]
    public string? Mode { get; init; }

    /// <summary>On which ports.</summary>
    [UniqueBy("number")]
    public ImmutableArray<WasmPort> Ports { get; init; } = [];
}
