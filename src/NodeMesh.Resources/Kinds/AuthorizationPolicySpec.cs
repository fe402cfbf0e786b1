using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of an AuthorizationPolicy.</summary>
public sealed record AuthorizationPolicySpec
{
    /// <summary>Which workloads; all of the namespace when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>A single target; deprecated in favour of targetRefs.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Targets.</summary>
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>Rules, ORed.</summary>
    public ImmutableArray<AuthorizationRule> Rules { get; init; } = [];

    /// <summary>ALLOW when missing.</summary>
    [OneOf("ALLOW", "DENY", "AUDIT", "CUSTOM")]
    public string? Action { get; init; }

    /// <summary>The external authoriser of CUSTOM.</summary>
    public AuthorizationProvider? Provider { get; init; }
}
