using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of a PeerAuthentication.</summary>
[Cel("!has(self.portLevelMtls) || size(self.portLevelMtls) == 0 || (has(self.selector) && has(self.selector.matchLabels) && size(self.selector.matchLabels) > 0)", "portLevelMtls requires selector")]
public sealed record PeerAuthenticationSpec
{
    /// <summary>Which workloads; all of the namespace (or of the mesh, in the root namespace) when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>Mutual TLS of all ports that are not named below; what the namespace or the mesh says when missing.</summary>
    public MutualTlsSpec? Mtls { get; init; }

    /// <summary>The mode by port of the workload; only with a selector.</summary>
    public ImmutableDictionary<string, MutualTlsSpec> PortLevelMtls { get; init; } = ImmutableDictionary<string, MutualTlsSpec>.Empty;
}
