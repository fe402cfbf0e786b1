using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of an AuthorizationPolicy.</summary>
[Cel("(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1", "only one of targetRefs or selector can be set")]
public sealed record AuthorizationPolicySpec
{
    /// <summary>Which workloads; all of the namespace when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>A single target; deprecated in favour of targetRefs.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Services whose pods it is for, instead of a selector.</summary>
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>Rules, ORed.</summary>
    public ImmutableArray<AuthorizationRule> Rules { get; init; } = [];

    /// <summary>ALLOW when missing.</summary>
    [OneOf("ALLOW", "DENY", "AUDIT", "CUSTOM")]
    public string? Action { get; init; }

    /// <summary>The external authoriser of CUSTOM.</summary>
    public AuthorizationProvider? Provider { get; init; }
}
