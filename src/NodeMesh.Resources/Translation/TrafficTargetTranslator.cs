using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// Translates SMI's TrafficTargets to ALLOW policies for the pods of the destination's service account. A rule on requests cannot be decided on connections:
/// it allows nothing, so that a target with such rules alone closes its pods, and its status says so.
/// </summary>
/// <param name="tcpRoutes">SMI's TCPRoutes.</param>
/// <param name="groups">SMI's HTTPRouteGroups.</param>
internal sealed class TrafficTargetTranslator(IReadOnlyCollection<ManifestDocument> tcpRoutes, IReadOnlyCollection<ManifestDocument> groups)
{
    /// <summary>Stands in the closed form of a target for the name of an account, where that cannot be read.</summary>
    public const string EveryAccount = "";

    /// <summary>Before the names of the policies that targets become; no resource's name has an underscore.</summary>
    private const string Prefix = "smi_traffic_target_";

    private readonly Dictionary<NamespacedName, SmiTcpRouteSpec?> _tcpRoutes = tcpRoutes.ToDictionary(d => d.Key, d => ((SmiTcpRouteResource)d.Resource!).Spec);
    private readonly HashSet<NamespacedName> _groups = [.. groups.Select(d => d.Key)];

    /// <summary>The service account whose pods a target is for.</summary>
    /// <param name="document">A valid TrafficTarget.</param>
    /// <returns>Namespace and name.</returns>
    public static NamespacedName Account(ManifestDocument document) => new(document.Namespace, Spec(document).Destination.Name);

    /// <summary>Translates one target.</summary>
    /// <param name="document">A valid TrafficTarget.</param>
    /// <returns>The translation; its policy has a rule for each of the target's that connections can be judged by.</returns>
    public AuthorizationTranslation Translate(ManifestDocument document)
    {
        var spec = Spec(document);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var rules = ImmutableArray.CreateBuilder<PolicyRule>();
        var numbers = ImmutableArray.CreateBuilder<int>();
        ImmutableArray<int> all = spec.Destination.Port is { } port ? [port] : [];
        if (spec.Rules.IsEmpty && !spec.Sources.IsEmpty)
        {
            // Without sources it is the closed form of a broken one.
            rules.Add(Rule(document, spec, all));
            numbers.Add(0);
        }

        foreach (var (i, rule) in spec.Rules.Index())
        {
            if (Ports(document, rule, $"spec.rules[{i}]", findings) is not { } ports)
            {
                continue;
            }

            if (Common(all, ports) is not { } common)
            {
                findings.Add(document.Report(
                    FindingLevel.Warning, FindingCodes.RuleNeverMatches, $"spec.rules[{i}]",
                    $"allows nothing: TCPRoute {rule.Name} is for ports {string.Join(", ", ports)}, and the destination for {spec.Destination.Port}"));
                continue;
            }

            rules.Add(Rule(document, spec, common));
            numbers.Add(i);
        }

        var policy = new AuthorizationPolicy
        {
            Name = Prefix + document.Name,
            Namespace = document.Namespace,
            Scope = spec.Destination.Name == EveryAccount ? PolicyScope.Namespace : PolicyScope.WorkloadSelector,
            Action = PolicyAction.Allow,
            Rules = rules.ToImmutable(),
        };
        return new AuthorizationTranslation(policy, findings.ToImmutable(), findings.Count == 0, numbers.ToImmutable());
    }

    private static TrafficTargetSpec Spec(ManifestDocument document) => ((TrafficTargetResource)document.Resource!).Spec;

    /// <summary>The ports that a rule allows, none meaning every port; null for a rule that allows nothing.</summary>
    private ImmutableArray<int>? Ports(ManifestDocument document, TargetRule rule, string field, ImmutableArray<Finding>.Builder findings)
    {
        var key = new NamespacedName(document.Namespace, rule.Name);
        switch (rule.Kind)
        {
            case "TCPRoute" when _tcpRoutes.TryGetValue(key, out var route):
                return route?.Matches?.Ports ?? [];
            case "HTTPRouteGroup" when _groups.Contains(key):
                findings.Add(document.Report(
                    FindingLevel.Warning, FindingCodes.RequestLevelRule, field,
                    $"needs to see requests, which authorisation does not do yet: the rule allows nothing. To allow connections whatever they ask for, name a TCPRoute instead of HTTPRouteGroup {rule.Name}"));
                return null;
            case "UDPRoute":
                findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, field, "has no effect: UDP does not go through the mesh"));
                return null;
            default:
                findings.Add(document.Report(FindingLevel.Warning, FindingCodes.TargetNotFound, $"{field}.name", $"there is no {rule.Kind} {key}: the rule allows nothing"));
                return null;
        }
    }

    private static ImmutableArray<int>? Common(ImmutableArray<int> a, ImmutableArray<int> b)
    {
        if (a.IsEmpty || b.IsEmpty)
        {
            return a.IsEmpty ? b : a;
        }

        ImmutableArray<int> both = [.. a.Intersect(b)];
        return both.IsEmpty ? null : both;
    }

    private static PolicyRule Rule(ManifestDocument document, TrafficTargetSpec spec, ImmutableArray<int> ports)
    {
        var sources = spec.Sources.Select(s => new PolicyMatch
        {
            ServiceAccounts = [new ServiceAccountMatch(string.IsNullOrEmpty(s.Namespace) ? document.Namespace : s.Namespace, s.Name)],
        });
        ImmutableArray<PolicyClause> clauses = [new PolicyClause([.. sources])];
        return new PolicyRule(ports.IsEmpty ? clauses : [.. clauses, new PolicyClause([new PolicyMatch { DestinationPorts = ports }])]);
    }
}
