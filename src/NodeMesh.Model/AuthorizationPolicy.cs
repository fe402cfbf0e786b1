using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A compiled L4 authorisation policy: its rules are ORed, and one without rules matches nothing. As <c>istio.security.Authorization</c>.</summary>
public sealed record AuthorizationPolicy
{
    /// <summary>Unique inside the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; empty for a policy of the whole mesh.</summary>
    public required string Namespace { get; init; }

    /// <summary>Which workloads it applies to.</summary>
    public required PolicyScope Scope { get; init; }

    /// <summary>What it does.</summary>
    public required PolicyAction Action { get; init; }

    /// <summary>Its rules.</summary>
    public ImmutableArray<PolicyRule> Rules { get; init; } = [];

    /// <summary>True when its verdict is only logged.</summary>
    public bool DryRun { get; init; }

    /// <summary>The policy's key.</summary>
    public NamespacedName Key => new(Namespace, Name);
}
