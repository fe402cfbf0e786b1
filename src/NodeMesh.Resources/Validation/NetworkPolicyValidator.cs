using System.Collections.Immutable;
using System.Net;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks NetworkPolicies, by the rules of the API server: a manifest that it would take is good here as well.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class NetworkPolicyValidator(FindingCollector findings)
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(NetworkPolicySpec spec)
    {
        CheckSelector("spec.podSelector", spec.PodSelector);
        for (var i = 0; i < spec.Ingress.Length; i++)
        {
            CheckRule($"spec.ingress[{i}]", "from", spec.Ingress[i].From, spec.Ingress[i].Ports);
        }

        for (var i = 0; i < spec.Egress.Length; i++)
        {
            CheckRule($"spec.egress[{i}]", "to", spec.Egress[i].To, spec.Egress[i].Ports);
        }

        if (!spec.PolicyTypes.IsEmpty)
        {
            CheckUnused("spec.ingress", "Ingress", spec.Ingress.IsEmpty, spec.PolicyTypes);
            CheckUnused("spec.egress", "Egress", spec.Egress.IsEmpty, spec.PolicyTypes);
        }
    }

    private void CheckUnused(string path, string type, bool empty, ImmutableArray<string> types)
    {
        if (!empty && !types.Contains(type))
        {
            findings.Warn(FindingCodes.NoEffect, path, $"has no effect: spec.policyTypes does not name {type}; add it, or remove the rules");
        }
    }

    private void CheckRule(string path, string peersField, ImmutableArray<NetworkPolicyPeer> peers, ImmutableArray<NetworkPolicyPort> ports)
    {
        for (var i = 0; i < ports.Length; i++)
        {
            CheckPort($"{path}.ports[{i}]", ports[i]);
        }

        for (var i = 0; i < peers.Length; i++)
        {
            CheckPeer($"{path}.{peersField}[{i}]", peers[i]);
        }
    }

    private void CheckPort(string path, NetworkPolicyPort port)
    {
        if (port.Port?.Name is { } name && !IsPortName(name))
        {
            findings.Error($"{path}.port", $"'{name}' is neither a port nor the name of one; a name has 1 to 15 lower-case letters, digits and single dashes, and a letter among them");
        }

        findings.CheckPort($"{path}.port", port.Port?.Number);
        findings.CheckPort($"{path}.endPort", port.EndPort);
        if (port.EndPort is not { } end)
        {
            return;
        }

        if (port.Port?.Number is not { } first)
        {
            findings.Error($"{path}.endPort", "needs a number as port, the first one of the range");
        }
        else if (end < first)
        {
            findings.Error($"{path}.endPort", $"{end} is less than port {first}; a range goes upwards");
        }
    }

    private void CheckPeer(string path, NetworkPolicyPeer peer)
    {
        CheckSelector($"{path}.podSelector", peer.PodSelector);
        CheckSelector($"{path}.namespaceSelector", peer.NamespaceSelector);
        if (peer.IpBlock is { } block)
        {
            if (peer.PodSelector is not null || peer.NamespaceSelector is not null)
            {
                findings.Error($"{path}.ipBlock", "cannot go with a selector; make two peers of them");
            }

            CheckBlock($"{path}.ipBlock", block);
        }
        else if (peer.PodSelector is null && peer.NamespaceSelector is null)
        {
            findings.Missing(path, "is empty; give it podSelector, namespaceSelector or ipBlock (for everybody, leave the whole list out)");
        }
    }

    private void CheckBlock(string path, IPBlock block)
    {
        if (CheckCidr($"{path}.cidr", block.Cidr) is not { } outer)
        {
            return;
        }

        for (var i = 0; i < block.Except.Length; i++)
        {
            var field = $"{path}.except[{i}]";
            if (CheckCidr(field, block.Except[i]) is { } inner && (inner.PrefixLength <= outer.PrefixLength || !outer.Contains(inner.BaseAddress)))
            {
                findings.Error(field, $"{block.Except[i]} is not a part of {block.Cidr}; an exception has to lie inside of its block, and be smaller");
            }
        }
    }

    private IPNetwork? CheckCidr(string field, string text)
    {
        if (text.Contains('/', StringComparison.Ordinal) && IpBlocks.TryParse(text, out var network))
        {
            return network;
        }

        findings.Error(field, $"'{text}' is not a range of addresses; write such as 192.168.1.0/24 or 2001:db8::/64");
        return null;
    }

    private void CheckSelector(string path, LabelSelector? selector)
    {
        var requirements = selector?.MatchExpressions ?? [];
        for (var i = 0; i < requirements.Length; i++)
        {
            var requirement = requirements[i];
            var field = $"{FieldPath.Index($"{path}.matchExpressions", i)}.values";
            if (requirement.Operator is "In" or "NotIn" && requirement.Values.IsEmpty)
            {
                findings.Missing(field, $"is missing; {requirement.Operator} needs values");
            }
            else if (requirement.Operator is "Exists" or "DoesNotExist" && !requirement.Values.IsEmpty)
            {
                findings.Error(field, $"has no meaning with {requirement.Operator}; remove it");
            }
        }
    }

    private static bool IsPortName(string name) =>
        name.Length is >= 1 and <= 15
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && name.Any(c => c is >= 'a' and <= 'z')
        && !name.Contains("--", StringComparison.Ordinal)
        && name[0] != '-' && name[^1] != '-';
}
