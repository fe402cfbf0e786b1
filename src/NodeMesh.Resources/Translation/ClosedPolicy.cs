using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// What holds instead of a policy that is broken and has no good version: left out, it would open what it was written to protect. What it selects is
/// taken as written where that can be read, else as its whole namespace. A RequestAuthentication has no such form: by itself it lets requests without a token through, and policies that
/// ask for a token's principal match nothing without it.
/// </summary>
public static class ClosedPolicy
{
    private static readonly ImmutableArray<string> BothDirections = ["Ingress", "Egress"];

    /// <summary>Says whether a kind has a closed form.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True for AuthorizationPolicy, PeerAuthentication, TrafficTarget and NetworkPolicy.</returns>
    public static bool Exists(ResourceKind kind) =>
        kind == ResourceKinds.AuthorizationPolicy || kind == ResourceKinds.PeerAuthentication || kind == ResourceKinds.TrafficTarget || kind == ResourceKinds.NetworkPolicy;

    /// <summary>Makes the closed form.</summary>
    /// <param name="broken">The policy, read with <see cref="ManifestOptions.KeepPartial"/>.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <returns>The form; null where closing would protect nothing.</returns>
    public static ManifestDocument? Of(ManifestDocument broken, IReadOnlyCollection<Finding> errors)
    {
        ArgumentNullException.ThrowIfNull(broken);
        ArgumentNullException.ThrowIfNull(errors);
        return broken.Resource switch
        {
            AuthorizationPolicyResource policy => Close(broken, policy, errors),
            PeerAuthenticationResource policy => broken with
            {
                Resource = policy with
                {
                    Spec = new PeerAuthenticationSpec
                    {
                        Selector = IsGood(errors, "spec.selector") ? policy.Spec?.Selector : null,
                        Mtls = new MutualTlsSpec { Mode = "STRICT" },
                    },
                },
                Instead = "until it is mended it counts as STRICT for what it selects",
            },
            TrafficTargetResource target => Close(broken, target, errors),
            NetworkPolicyResource policy => Close(broken, policy, errors),
            _ => null,
        };
    }

    private static ManifestDocument? Close(ManifestDocument broken, AuthorizationPolicyResource policy, IReadOnlyCollection<Finding> errors)
    {
        var written = IsGood(errors, "spec.action") ? policy.Spec?.Action ?? "ALLOW" : "DENY";
        if (written == "AUDIT")
        {
            return null;
        }

        var selects = IsGood(errors, "spec.selector") && IsGood(errors, "spec.targetRef") && IsGood(errors, "spec.targetRefs");
        var refuses = written != "ALLOW";
        var closed = new AuthorizationPolicySpec
        {
            Action = refuses ? "DENY" : "ALLOW",
            Selector = selects ? policy.Spec?.Selector : null,
            TargetRef = selects ? policy.Spec?.TargetRef : null,
            TargetRefs = selects ? policy.Spec?.TargetRefs ?? [] : [],
            Rules = refuses ? [new AuthorizationRule()] : [],
        };
        return broken with
        {
            Resource = policy with { Spec = closed },
            Instead = refuses ? "until it is mended all connections to what it selects are refused" : "until it is mended it allows nothing to what it selects",
        };
    }

    private static ManifestDocument Close(ManifestDocument broken, TrafficTargetResource target, IReadOnlyCollection<Finding> errors)
    {
        var destination = target.Spec?.Destination;
        var known = IsGood(errors, "spec.destination.kind") && IsGood(errors, "spec.destination.name") && errors.All(e => e.Field != "spec.destination");
        var account = known && destination?.Name is { Length: > 0 } name ? name : TrafficTargetTranslator.EveryAccount;
        return broken with
        {
            Resource = target with { Spec = new TrafficTargetSpec { Destination = new TargetIdentity { Kind = "ServiceAccount", Name = account }, Sources = [] } },
            Instead = account == TrafficTargetTranslator.EveryAccount
                ? "until it is mended it allows nothing to the pods of its namespace"
                : $"until it is mended it allows nothing to the pods of service account {account}",
        };
    }

    private static ManifestDocument Close(ManifestDocument broken, NetworkPolicyResource policy, IReadOnlyCollection<Finding> errors)
    {
        var types = IsGood(errors, "spec.policyTypes") && policy.Spec is { PolicyTypes: { IsEmpty: false } given } ? given : BothDirections;
        return broken with
        {
            Resource = policy with { Spec = new NetworkPolicySpec { PodSelector = IsGood(errors, "spec.podSelector") ? policy.Spec?.PodSelector : null, PolicyTypes = types } },
            Instead = "until it is mended nothing passes to or from the pods that it selects, in its directions",
        };
    }

    // A field that is not known may be the misspelt one: nobody knows what it was to say.
    private static bool IsGood(IReadOnlyCollection<Finding> errors, string field) => errors.All(e =>
        e.Field != "spec" && e.Code != FindingCodes.UnknownField
        && !(e.Field.StartsWith(field, StringComparison.Ordinal) && (e.Field.Length == field.Length || e.Field[field.Length] is '.' or '[')));
}
