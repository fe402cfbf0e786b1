using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What is created for a gateway.</summary>
public sealed record GatewayInfrastructure
{
    /// <summary>Labels of what is made for the Gateway.</summary>
    [Count(0, 8)]
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Annotations.</summary>
    [Count(0, 8)]
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>A resource with parameters, in the gateway's namespace.</summary>
    public LocalParametersReference? ParametersRef { get; init; }
}
