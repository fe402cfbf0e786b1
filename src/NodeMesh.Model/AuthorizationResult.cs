using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>The outcome of an authorisation.</summary>
/// <param name="Verdict">What was decided.</param>
/// <param name="Policy">The policy that decided: the DENY or ALLOW policy that matched, or the missing one; null when none did.</param>
/// <param name="DryRuns">What dry-run policies would have done; for the log only.</param>
public sealed record AuthorizationResult(AuthorizationVerdict Verdict, NamespacedName? Policy, ImmutableArray<DryRunVerdict> DryRuns)
{
    /// <summary>Allowed, with no policy in sight: the common case, made once.</summary>
    public static AuthorizationResult Unrestricted { get; } = new(AuthorizationVerdict.Allowed, null, []);

    /// <summary>True when the connection may pass.</summary>
    public bool IsAllowed => Verdict == AuthorizationVerdict.Allowed;

    /// <summary>One line for logs and for who asks why.</summary>
    /// <returns>The sentence.</returns>
    public string Explain() => Verdict switch
    {
        AuthorizationVerdict.Allowed => Policy is null ? "allowed: no policy restricts it" : $"allowed by policy {Policy}",
        AuthorizationVerdict.DeniedByPolicy => $"denied by policy {Policy}",
        AuthorizationVerdict.DeniedByDefault => "denied: the destination has ALLOW policies and none of them matches",
        AuthorizationVerdict.DeniedByNetworkPolicy => $"denied by NetworkPolicy {Policy}: it isolates the workload, and no NetworkPolicy allows the connection",
        _ => $"refused: policy {Policy} of the workload has not been received yet",
    };
}
