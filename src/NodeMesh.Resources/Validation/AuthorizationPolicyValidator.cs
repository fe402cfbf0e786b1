using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks AuthorizationPolicies. What cannot mean what its author meant is refused, since a policy that is wrong in silence is a hole.</summary>
internal sealed class AuthorizationPolicyValidator(FindingCollector findings)
{
    private static readonly ImmutableArray<string> L4Keys =
        ["source.ip", "remote.ip", "source.namespace", "source.principal", "source.serviceAccount", "destination.ip", "destination.port"];

    private static readonly ImmutableArray<string> RequestKeys =
        ["request.auth.principal", "request.auth.audiences", "request.auth.presenter", "connection.sni"];

    private static readonly ImmutableArray<string> RequestKeyPrefixes =
        ["request.headers[", "request.auth.claims[", "request.experimental.", "experimental.envoy.filters.", "experimental."];

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(AuthorizationPolicySpec spec)
    {
        findings.CheckEmptyLists("spec", "spec.rules");
        ValidateTargets(spec);
        var custom = spec.Action == "CUSTOM";
        if (custom && string.IsNullOrEmpty(spec.Provider?.Name))
        {
            findings.Missing("spec.provider.name", "is missing; action CUSTOM needs the name of an authoriser");
        }
        else if (!custom && spec.Provider is not null)
        {
            findings.Error("spec.provider", "belongs to action CUSTOM only; remove it");
        }

        if (spec.Action == "DENY" || (custom && spec.Provider is not null))
        {
            CheckHasRules(spec);
        }

        for (var i = 0; i < spec.Rules.Length; i++)
        {
            ValidateRule(spec.Rules[i], FieldPath.Index("spec.rules", i));
            if (custom)
            {
                CheckCustom(spec.Rules[i], FieldPath.Index("spec.rules", i));
            }
        }

        if (findings.Document.Annotations.TryGetValue(Labels.DryRun, out var dryRun) && !bool.TryParse(dryRun, out _))
        {
            findings.Error(FieldPath.Key("metadata.annotations", Labels.DryRun), $"'{dryRun}' is neither \"true\" nor \"false\"");
        }
    }

    private void CheckHasRules(AuthorizationPolicySpec spec)
    {
        if (spec.Rules.IsEmpty)
        {
            findings.Missing("spec.rules", $"is missing: {spec.Action} without rules never applies; add rules, or an empty one ({{}}) for every request");
        }
    }

    // Istio asks the authoriser before it knows who asks.
    private void CheckCustom(AuthorizationRule rule, string path)
    {
        for (var i = 0; i < rule.From.Length; i++)
        {
            var source = rule.From[i].Source ?? new AuthorizationSource();
            var fields = ((string, ImmutableArray<string>)[])
            [
                ("principals", source.Principals), ("notPrincipals", source.NotPrincipals), ("namespaces", source.Namespaces), ("notNamespaces", source.NotNamespaces),
                ("requestPrincipals", source.RequestPrincipals), ("notRequestPrincipals", source.NotRequestPrincipals),
            ];
            foreach (var (field, _) in fields.Where(f => !f.Item2.IsEmpty))
            {
                findings.Error($"{path}.from[{i}].source.{field}", "cannot stand in a rule of action CUSTOM; use ipBlocks, or what the request says");
            }
        }
    }

    private void ValidateTargets(AuthorizationPolicySpec spec)
    {
        if (spec.TargetRef is not null && !spec.TargetRefs.IsEmpty)
        {
            findings.Error("spec.targetRef", "cannot stand beside targetRefs; keep targetRefs");
        }

        if (spec.Selector is not null && (spec.TargetRef is not null || !spec.TargetRefs.IsEmpty))
        {
            findings.Error("spec.selector", "cannot stand beside targetRefs; keep one of them");
        }

        if (spec.Selector is { } selector)
        {
            CheckSelector(selector, findings);
        }

        if (spec.TargetRef is { } one)
        {
            ValidateTarget(one, "spec.targetRef");
        }

        for (var i = 0; i < spec.TargetRefs.Length; i++)
        {
            ValidateTarget(spec.TargetRefs[i], FieldPath.Index("spec.targetRefs", i));
        }
    }

    /// <summary>Checks the labels of an Istio selector.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void CheckSelector(WorkloadSelector selector, FindingCollector findings)
    {
        foreach (var (key, value) in selector.MatchLabels)
        {
            if (key.Length == 0 || key.Contains('*', StringComparison.Ordinal) || value.Contains('*', StringComparison.Ordinal))
            {
                findings.Error(FieldPath.Key("spec.selector.matchLabels", key), "labels have to be equal: no wildcards and no empty keys");
            }
        }
    }

    private void ValidateTarget(PolicyTargetReference target, string path)
    {
        switch ((target.Group ?? "", target.Kind))
        {
            case ("" or "core", "Service"):
                break;
            case (MeshGroups.GatewayApi, "Gateway" or "GatewayClass") or (MeshGroups.IstioNetworking, "ServiceEntry"):
                findings.Warn(FindingCodes.NotServed, path, $"a {target.Kind} is not served as a target yet: the policy has no effect for it");
                break;
            default:
                findings.Error(path, $"{target.Kind} of group '{target.Group}' is no target; use a Service, a ServiceEntry, or a Gateway of {MeshGroups.GatewayApi}");
                break;
        }

        if (target.Namespace is { Length: > 0 } ns && ns != findings.Document.Namespace)
        {
            findings.Error($"{path}.namespace", "a target has to be in the policy's own namespace");
        }
    }

    private void ValidateRule(AuthorizationRule rule, string path)
    {
        for (var i = 0; i < rule.From.Length; i++)
        {
            ValidateSource(rule.From[i].Source, FieldPath.Index($"{path}.from", i) + ".source");
        }

        for (var i = 0; i < rule.To.Length; i++)
        {
            ValidateOperation(rule.To[i].Operation, FieldPath.Index($"{path}.to", i) + ".operation");
        }

        for (var i = 0; i < rule.When.Length; i++)
        {
            ValidateCondition(rule.When[i], FieldPath.Index($"{path}.when", i));
        }
    }

    private void ValidateSource(AuthorizationSource? source, string path)
    {
        if (source is null || source == new AuthorizationSource())
        {
            findings.Missing(path, "is empty; name at least one property of the source, or remove 'from' to match every source");
            return;
        }

        Each(source.Principals, $"{path}.principals", CheckPrincipal);
        Each(source.NotPrincipals, $"{path}.notPrincipals", CheckPrincipal);
        Each(source.Namespaces, $"{path}.namespaces", CheckPattern);
        Each(source.NotNamespaces, $"{path}.notNamespaces", CheckPattern);
        Each(source.ServiceAccounts, $"{path}.serviceAccounts", CheckAccount);
        Each(source.NotServiceAccounts, $"{path}.notServiceAccounts", CheckAccount);
        Each(source.IpBlocks, $"{path}.ipBlocks", CheckNetwork);
        Each(source.NotIpBlocks, $"{path}.notIpBlocks", CheckNetwork);
        Each(source.RemoteIpBlocks, $"{path}.remoteIpBlocks", CheckNetwork);
        Each(source.NotRemoteIpBlocks, $"{path}.notRemoteIpBlocks", CheckNetwork);
        if (!(source.ServiceAccounts.IsEmpty && source.NotServiceAccounts.IsEmpty)
            && !(source.Principals.IsEmpty && source.NotPrincipals.IsEmpty && source.Namespaces.IsEmpty && source.NotNamespaces.IsEmpty))
        {
            findings.Error($"{path}.serviceAccounts", "cannot stand beside principals or namespaces, which say the same in other words; keep one of them");
        }
    }

    private void ValidateOperation(AuthorizationOperation? operation, string path)
    {
        if (operation is null || operation == new AuthorizationOperation())
        {
            findings.Missing(path, "is empty; name at least one property of the operation, or remove 'to' to match every operation");
            return;
        }

        Each(operation.Ports, $"{path}.ports", CheckPort);
        Each(operation.NotPorts, $"{path}.notPorts", CheckPort);
    }

    private void ValidateCondition(AuthorizationCondition condition, string path)
    {
        var key = condition.Key;
        if (!L4Keys.Contains(key) && !RequestKeys.Contains(key) && !RequestKeyPrefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal)))
        {
            findings.Error($"{path}.key", $"'{key}' is no attribute; use one of {string.Join(", ", L4Keys)}, or one of requests such as request.headers[NAME]");
            return;
        }

        if (condition.Values.IsEmpty && condition.NotValues.IsEmpty)
        {
            findings.Missing($"{path}.values", "is missing; give values or notValues");
        }

        Action<string, string> check = key switch
        {
            "source.ip" or "remote.ip" or "destination.ip" => CheckNetwork,
            "destination.port" => CheckPort,
            "source.namespace" => CheckPattern,
            "source.principal" => CheckPrincipal,
            "source.serviceAccount" => CheckAccount,
            _ => static (_, _) => { }
            ,
        };
        Each(condition.Values, $"{path}.values", check);
        Each(condition.NotValues, $"{path}.notValues", check);
    }

    private static void Each(ImmutableArray<string> values, string path, Action<string, string> check)
    {
        for (var i = 0; i < values.Length; i++)
        {
            check(values[i], FieldPath.Index(path, i));
        }
    }

    private void CheckPattern(string value, string path)
    {
        var star = value.IndexOf('*', StringComparison.Ordinal);
        if (value.Length == 0)
        {
            findings.Error(path, "is empty; write a value, or '*' for any");
        }
        else if (star >= 0 && (value.LastIndexOf('*') != star || (star != 0 && star != value.Length - 1)))
        {
            findings.Error(path, $"'{value}': one '*' may stand at the beginning or at the end, nowhere else");
        }
    }

    private void CheckPrincipal(string value, string path)
    {
        CheckPattern(value, path);
        if (value.StartsWith("spiffe://", StringComparison.Ordinal))
        {
            findings.Error(path, $"principals are written without spiffe://; write {value["spiffe://".Length..]}");
        }
        else if (!value.Contains('*', StringComparison.Ordinal) && value.Length > 0 && value.Split('/') is not [_, "ns", _, "sa", _])
        {
            findings.Warn(FindingCodes.RuleNeverMatches, path, $"no identity is '{value}'; identities are TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT");
        }
    }

    private void CheckAccount(string value, string path)
    {
        if (value.Split('/') is not ({ Length: 1 or 2 } parts) || !parts.All(ResourceNames.IsSubdomain))
        {
            findings.Error(path, $"'{value}' is not a service account; write NAMESPACE/NAME, or NAME in the policy's own namespace, without wildcards");
        }
    }

    private void CheckNetwork(string value, string path)
    {
        if (!IpBlocks.TryParse(value, out _))
        {
            findings.Error(path, $"'{value}' is not an address or network; write such as 10.0.0.1, 10.0.0.0/8 or fd00::/8");
        }
    }

    private void CheckPort(string value, string path)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            findings.Error(path, $"'{value}' is not a port; write a number from 1 to 65535 in quotes");
        }
    }
}
