using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How TLS to a backend is spoken.</summary>
public sealed record BackendTlsPolicySpec
{
    /// <summary>Which Services.</summary>
    [Count(1, 16)]
    public required ImmutableArray<PolicyTarget> TargetRefs { get; init; }

    /// <summary>How the backend's certificate is checked.</summary>
    public required BackendTlsValidation Validation { get; init; }

    /// <summary>Settings of the implementation.</summary>
    [Count(0, 16)]
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;
}
