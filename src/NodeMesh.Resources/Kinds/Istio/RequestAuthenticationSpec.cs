using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Which tokens requests may carry.</summary>
[Cel("(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) + (has(self.targetRefs) ? 1 : 0) <= 1", "only one of targetRefs or selector can be set")]
public sealed record RequestAuthenticationSpec
{
    /// <summary>Which workloads; all of the namespace when missing.</summary>
    public WorkloadSelector? Selector { get; init; }

    /// <summary>A single target; deprecated in favour of targetRefs.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Services whose pods it is for, instead of a selector.</summary>
    [Count(0, 16)]
    public ImmutableArray<PolicyTargetReference> TargetRefs { get; init; } = [];

    /// <summary>Issuers; a token must satisfy the rule of its issuer.</summary>
    [Count(0, 4096)]
    public ImmutableArray<JwtRule> JwtRules { get; init; } = [];
}
