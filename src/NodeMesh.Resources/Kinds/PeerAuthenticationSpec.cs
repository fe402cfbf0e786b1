using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of a PeerAuthentication.</summary>
public sealed record PeerAuthenticationSpec
{
    /// <summary>Which workloads; all of the namespace (or of the mesh, in the root namespace) when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>The mode.</summary>
    public MutualTlsSpec? Mtls { get; init; }

    /// <summary>The mode by port of the workload; only with a selector.</summary>
    public ImmutableDictionary<string, MutualTlsSpec> PortLevelMtls { get; init; } = ImmutableDictionary<string, MutualTlsSpec>.Empty;
}
