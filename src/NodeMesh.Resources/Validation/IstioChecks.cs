using System.Collections.Frozen;
using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks that several of Istio's kinds share.</summary>
internal static class IstioChecks
{
    private static readonly FrozenSet<string> Protocols = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "HTTP", "HTTP2", "HTTPS", "HTTP_PROXY", "GRPC", "GRPC-WEB", "TCP", "TLS", "UDP", "MONGO", "REDIS", "MYSQL", "HBONE", "AUTO", "DoubleHBONE");

    /// <summary>Says whether a protocol is known.</summary>
    /// <param name="protocol">Its name.</param>
    /// <returns>True when it is.</returns>
    public static bool IsProtocol(string protocol) => Protocols.Contains(protocol);

    /// <summary>Says whether a protocol carries requests in clear.</summary>
    /// <param name="protocol">Its name.</param>
    /// <returns>True when it does.</returns>
    public static bool IsHttp(string? protocol) => protocol?.ToUpperInvariant() is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB" or "HTTP_PROXY";

    /// <summary>Says whether a protocol is inside TLS.</summary>
    /// <param name="protocol">Its name.</param>
    /// <returns>True when it is.</returns>
    public static bool IsTls(string? protocol) => protocol?.ToUpperInvariant() is "HTTPS" or "TLS";

    /// <summary>Checks a protocol's name.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The field.</param>
    /// <param name="protocol">The name; missing and empty are good.</param>
    public static void CheckProtocol(FindingCollector findings, string path, string? protocol)
    {
        if (!string.IsNullOrEmpty(protocol) && !IsProtocol(protocol))
        {
            findings.Error(path, $"'{protocol}' is no protocol that is known; use one of HTTP, HTTP2, HTTPS, GRPC, GRPC-WEB, TLS, TCP, MONGO, REDIS, MYSQL");
        }
    }

    /// <summary>Checks who sees a resource.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="exportTo">The namespaces.</param>
    /// <param name="noneAllowed">Whether <c>~</c> is allowed.</param>
    public static void CheckExportTo(FindingCollector findings, ImmutableArray<string> exportTo, bool noneAllowed = false)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < exportTo.Length; i++)
        {
            var path = FieldPath.Index("spec.exportTo", i);
            var entry = exportTo[i] == "." ? findings.Document.Namespace : exportTo[i];
            if (!seen.Add(entry))
            {
                findings.Error(path, $"'{exportTo[i]}' is there twice ('.' is namespace {findings.Document.Namespace}); remove one of them");
            }
            else if (entry != "*" && !(noneAllowed && entry == "~") && !ResourceNames.IsLabel(entry))
            {
                findings.Error(path, $"'{entry}' is not a namespace; write a name, '.' for the own one, or '*' for all");
            }
        }

        if (exportTo.Length > 1 && (seen.Contains("*") || seen.Contains("~")))
        {
            findings.Error("spec.exportTo", $"'{(seen.Contains("*") ? "*" : "~")}' cannot stand beside others; keep it alone, or remove it");
        }
    }

    /// <summary>Checks labels of a selector.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The labels' field.</param>
    /// <param name="labels">The labels.</param>
    public static void CheckSelectorLabels(FindingCollector findings, string path, ImmutableDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels)
        {
            if (key.Length == 0 || key.Contains('*', StringComparison.Ordinal) || value.Contains('*', StringComparison.Ordinal))
            {
                findings.Error(FieldPath.Key(path, key), "labels have to be equal: no wildcards and no empty keys");
            }
        }
    }

    /// <summary>Checks a selector by <c>labels</c>.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="selector">The selector.</param>
    public static void CheckSelector(FindingCollector findings, WorkloadLabels? selector)
    {
        if (selector is null)
        {
            return;
        }

        CheckSelectorLabels(findings, "spec.workloadSelector.labels", selector.Labels);
        if (selector.Labels.IsEmpty)
        {
            findings.Warn(FindingCodes.Suspicious, "spec.workloadSelector", "has no labels: it selects all workloads of the namespace; add labels, or remove it");
        }
    }

    /// <summary>Checks a selector by <c>matchLabels</c>.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="field">Its field.</param>
    /// <param name="selector">The selector.</param>
    public static void CheckSelector(FindingCollector findings, string field, WorkloadSelector? selector)
    {
        if (selector is null)
        {
            return;
        }

        CheckSelectorLabels(findings, $"{field}.matchLabels", selector.MatchLabels);
        if (selector.MatchLabels.IsEmpty)
        {
            findings.Warn(FindingCodes.Suspicious, field, "has no labels: it selects all workloads of the namespace; add labels, or remove it");
        }
    }

    /// <summary>Checks what a policy is for: a selector or targets, not both.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="target">The single target.</param>
    /// <param name="targets">The targets.</param>
    public static void CheckTargets(FindingCollector findings, WorkloadSelector? selector, PolicyTargetReference? target, ImmutableArray<PolicyTargetReference> targets)
    {
        CheckSelector(findings, "spec.selector", selector);
        if ((selector is null ? 0 : 1) + (target is null ? 0 : 1) + (targets.IsEmpty ? 0 : 1) > 1)
        {
            findings.Error(target is null ? "spec.selector" : "spec.targetRef", "only one of selector, targetRef and targetRefs can be there; keep one of them");
        }

        if (target is not null)
        {
            CheckTarget(findings, "spec.targetRef", target);
        }

        for (var i = 0; i < targets.Length; i++)
        {
            CheckTarget(findings, FieldPath.Index("spec.targetRefs", i), targets[i]);
        }
    }

    private static void CheckTarget(FindingCollector findings, string path, PolicyTargetReference target)
    {
        if (target.Name.Length == 0)
        {
            findings.Missing($"{path}.name", "is empty; name the target");
        }

        if (!string.IsNullOrEmpty(target.Namespace))
        {
            findings.Error($"{path}.namespace", "a target has to be in the policy's own namespace; remove it");
        }

        var good = (target.Group ?? "", target.Kind) is ("" or "core", "Service") or (MeshGroups.IstioNetworking, "ServiceEntry") or (MeshGroups.GatewayApi, "Gateway" or "GatewayClass");
        if (!good)
        {
            findings.Error(path, $"{target.Kind} of group '{target.Group}' is no target; use a Service, a ServiceEntry, or a Gateway of {MeshGroups.GatewayApi}");
        }
    }

    /// <summary>Checks where traffic goes.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The field.</param>
    /// <param name="destination">The destination.</param>
    public static void CheckDestination(FindingCollector findings, string path, Destination destination)
    {
        if (destination.Host == "*" || !(HostNames.IsWildcardDomain(destination.Host) || HostNames.IsAddress(destination.Host)))
        {
            findings.Error($"{path}.host", $"'{destination.Host}' is not the host of a service; write such as reviews or reviews.shop.svc.cluster.local");
        }

        if (!string.IsNullOrEmpty(destination.Subset) && !HostNames.IsLabel(destination.Subset))
        {
            findings.Error($"{path}.subset", $"'{destination.Subset}' is not the name of a subset; use letters, digits and '-'");
        }

        if (destination.Port is { Number: not (>= 1 and <= 65535) })
        {
            findings.Error($"{path}.port.number", "is not a port; write a number from 1 to 65535");
        }
    }

    /// <summary>Checks the names of gateways.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The field.</param>
    /// <param name="gateways">The names.</param>
    public static void CheckGateways(FindingCollector findings, string path, ImmutableArray<string> gateways)
    {
        for (var i = 0; i < gateways.Length; i++)
        {
            var field = FieldPath.Index(path, i);
            var parts = gateways[i].Split('/', 2);
            if (parts.Length == 2 ? !parts.All(HostNames.IsLabel) : !HostNames.IsDomain(gateways[i]))
            {
                findings.Error(field, $"'{gateways[i]}' is not a gateway; write NAMESPACE/NAME, NAME in the own namespace, or mesh");
            }
            else if (parts.Length == 1 && gateways[i].Split('.') is [var name, var ns, ..])
            {
                findings.Warn(FindingCodes.Suspicious, field, $"'{gateways[i]}' is the old way to name a gateway; write {ns}/{name}");
            }
        }
    }

    /// <summary>Checks labels of workloads.</summary>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="path">The field.</param>
    /// <param name="labels">The labels.</param>
    public static void CheckLabels(FindingCollector findings, string path, ImmutableDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels)
        {
            var name = key[(key.LastIndexOf('/') + 1)..];
            if (!IsLabelText(name) || name.Length == 0)
            {
                findings.Error(FieldPath.Key(path, key), $"'{key}' is not the name of a label; use letters, digits, '-', '_' and '.'");
            }
            else if (!IsLabelText(value))
            {
                findings.Error(FieldPath.Key(path, key), $"'{value}' is not the value of a label; use up to 63 letters, digits, '-', '_' and '.'");
            }
        }
    }

    private static bool IsLabelText(string text) =>
        text.Length == 0
        || (text.Length <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}
