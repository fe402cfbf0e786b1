using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Settings of sidecar proxies.</summary>
public sealed record ProxyConfigSpec
{
    /// <summary>Which workloads.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>Worker threads.</summary>
    [InRange(0, 2147483647)]
    public int? Concurrency { get; init; }

    /// <summary>Environment.</summary>
    public ImmutableDictionary<string, string> EnvironmentVariables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The image.</summary>
    public ProxyImage? Image { get; init; }
}
