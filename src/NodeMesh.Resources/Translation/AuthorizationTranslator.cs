using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// Translates AuthorizationPolicies to what L4 can see. What needs to see requests never weakens the policy: in an ALLOW rule such an alternative
/// cannot match, in a DENY rule the rest of it decides alone, and CUSTOM refuses what it would have asked about.
/// </summary>
internal sealed class AuthorizationTranslator(MeshSettings settings)
{
    /// <summary>Translates one policy.</summary>
    /// <param name="document">A valid AuthorizationPolicy.</param>
    /// <returns>The translation.</returns>
    public AuthorizationTranslation Translate(ManifestDocument document)
    {
        var resource = (AuthorizationPolicyResource)document.Resource!;
        var spec = resource.Spec ?? new AuthorizationPolicySpec();
        var action = spec.Action ?? "ALLOW";
        var findings = ImmutableArray.CreateBuilder<Finding>();
        if (action == "AUDIT")
        {
            findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, "spec.action", "AUDIT is accepted and changes no verdict"));
            return new AuthorizationTranslation(null, findings.ToImmutable(), false, []);
        }

        if (action == "CUSTOM")
        {
            findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.NotServed, "spec.action", "CUSTOM is not served yet: no authoriser is asked, and whatever the rules match is refused"));
        }

        var translator = new RuleTranslator(settings, document, action, findings);
        var rules = spec.Rules.Select((rule, number) => (Rule: translator.Translate(rule), Number: number)).Where(r => r.Rule is not null).ToList();
        var policy = new AuthorizationPolicy
        {
            Name = document.Name,
            Namespace = document.Namespace,
            Scope = Scope(document.Namespace, spec),
            Action = action == "ALLOW" ? PolicyAction.Allow : PolicyAction.Deny,
            DryRun = IsDryRun(document),
            Rules = [.. rules.Select(r => r.Rule!)],
        };
        return new AuthorizationTranslation(policy, findings.ToImmutable(), findings.Count == 0, [.. rules.Select(r => r.Number)]);
    }

    /// <summary>Says whether a policy is only logged.</summary>
    /// <param name="document">The policy.</param>
    /// <returns>True with the annotation <c>istio.io/dry-run: "true"</c>.</returns>
    public static bool IsDryRun(ManifestDocument document) =>
        string.Equals(document.Annotations.GetValueOrDefault(Labels.DryRun), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The targets of a policy, in whichever field they are.</summary>
    /// <param name="spec">The spec.</param>
    /// <returns>The targets.</returns>
    public static ImmutableArray<PolicyTargetReference> Targets(AuthorizationPolicySpec spec) =>
        spec.TargetRef is { } one ? [one] : spec.TargetRefs;

    /// <summary>The Services that a policy targets. Other targets are not served: the policy has no effect for them.</summary>
    /// <param name="spec">The spec.</param>
    /// <returns>The targets that are Services.</returns>
    public static IEnumerable<PolicyTargetReference> ServiceTargets(AuthorizationPolicySpec spec) => Targets(spec).Where(t => t.Kind == "Service");

    private PolicyScope Scope(string ns, AuthorizationPolicySpec spec)
    {
        if (spec.Selector is { MatchLabels.IsEmpty: false } || !Targets(spec).IsEmpty)
        {
            return PolicyScope.WorkloadSelector;
        }

        return string.Equals(ns, settings.RootNamespace, StringComparison.Ordinal) ? PolicyScope.Global : PolicyScope.Namespace;
    }
}
