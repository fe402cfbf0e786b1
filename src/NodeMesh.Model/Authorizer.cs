using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>
/// Decides whether a connection may reach a workload. The policies are those of the mesh, of the workload's namespace, and those that the workload
/// names. Dry-run policies are only reported. An enforced DENY that matches refuses; then, if there is any enforced ALLOW, one must match. STRICT
/// mutual TLS is such a DENY policy that matches where there is no identity.
/// </summary>
public static class Authorizer
{
    /// <summary>Decides.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The workload that the connection is for.</param>
    /// <param name="facts">What is known of the connection.</param>
    /// <returns>The decision; refused when a policy that the workload names is not in the model.</returns>
    public static AuthorizationResult Authorize(MeshModel model, Workload destination, in ConnectionFacts facts)
    {
        var tally = default(Tally);
        foreach (var policy in model.GlobalPolicies)
        {
            tally.Add(policy, facts);
        }

        foreach (var policy in model.NamespacePolicies(destination.Namespace))
        {
            tally.Add(policy, facts);
        }

        foreach (var key in destination.AuthorizationPolicies)
        {
            if (model.FindPolicy(key) is not { } policy)
            {
                tally.Missing ??= key;
            }
            else if (policy.Scope == PolicyScope.WorkloadSelector)
            {
                tally.Add(policy, facts);
            }
        }

        return tally.Conclude();
    }

    /// <summary>Says whether a policy matches a connection.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="facts">What is known of the connection.</param>
    /// <returns>True when one of its rules matches; false for a policy without rules.</returns>
    public static bool Matches(AuthorizationPolicy policy, in ConnectionFacts facts) => FindRule(policy, facts) >= 0;

    /// <summary>Finds the rule by which a policy matches a connection.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="facts">What is known of the connection.</param>
    /// <returns>The index of the first rule that matches; -1 when none does.</returns>
    public static int FindRule(AuthorizationPolicy policy, in ConnectionFacts facts)
    {
        for (var i = 0; i < policy.Rules.Length; i++)
        {
            if (Matches(policy.Rules[i], facts))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The policies that are asked about connections to a workload, those that only log included; a policy that the model lacks is left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The workload.</param>
    /// <returns>The policies, in the order in which they are asked.</returns>
    public static IEnumerable<AuthorizationPolicy> PoliciesFor(MeshModel model, Workload destination) =>
        model.GlobalPolicies
            .Concat(model.NamespacePolicies(destination.Namespace))
            .Concat(destination.AuthorizationPolicies.Select(model.FindPolicy).OfType<AuthorizationPolicy>().Where(p => p.Scope == PolicyScope.WorkloadSelector));

    private static bool Matches(PolicyRule rule, in ConnectionFacts facts)
    {
        foreach (var clause in rule.Clauses)
        {
            if (!Matches(clause, facts))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(PolicyClause clause, in ConnectionFacts facts)
    {
        if (clause.Matches.IsEmpty)
        {
            return true;
        }

        foreach (var match in clause.Matches)
        {
            if (Matches(match, facts))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(PolicyMatch match, in ConnectionFacts facts)
    {
        if (IsEmpty(match))
        {
            return false;
        }

        var ns = facts.Peer?.Namespace;
        return Passes(match.Namespaces, match.NotNamespaces, ns)
            && Passes(match.Principals, match.NotPrincipals, facts.Principal)
            && (match.ServiceAccounts.IsEmpty || Contains(match.ServiceAccounts, facts.Peer))
            && !Contains(match.NotServiceAccounts, facts.Peer)
            && (match.SourceIps.IsEmpty || Contains(match.SourceIps, facts.Source))
            && !Contains(match.NotSourceIps, facts.Source)
            && (match.DestinationIps.IsEmpty || Contains(match.DestinationIps, facts.Destination))
            && !Contains(match.NotDestinationIps, facts.Destination)
            && (match.DestinationPorts.IsEmpty || match.DestinationPorts.Contains(facts.DestinationPort))
            && !match.NotDestinationPorts.Contains(facts.DestinationPort);
    }

    private static bool IsEmpty(PolicyMatch match) =>
        match.Namespaces.IsEmpty && match.NotNamespaces.IsEmpty && match.Principals.IsEmpty && match.NotPrincipals.IsEmpty &&
        match.ServiceAccounts.IsEmpty && match.NotServiceAccounts.IsEmpty && match.SourceIps.IsEmpty && match.NotSourceIps.IsEmpty &&
        match.DestinationIps.IsEmpty && match.NotDestinationIps.IsEmpty && match.DestinationPorts.IsEmpty && match.NotDestinationPorts.IsEmpty;

    private static bool Passes(ImmutableArray<StringMatch> wanted, ImmutableArray<StringMatch> unwanted, string? candidate) =>
        (wanted.IsEmpty || Any(wanted, candidate)) && !Any(unwanted, candidate);

    private static bool Any(ImmutableArray<StringMatch> matches, string? candidate)
    {
        foreach (var match in matches)
        {
            if (match.Matches(candidate))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(ImmutableArray<ServiceAccountMatch> accounts, SpiffeId? peer) =>
        peer is { } id && accounts.Contains(new ServiceAccountMatch(id.Namespace, id.ServiceAccount));

    private static bool Contains(ImmutableArray<IPNetwork> networks, IPAddress address)
    {
        if (networks.IsEmpty)
        {
            return false;
        }

        var plain = MeshModel.Unmap(address);
        foreach (var network in networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    private struct Tally
    {
        public NamespacedName? Missing;
        private NamespacedName? _denied;
        private NamespacedName? _allowed;
        private bool _anyAllow;
        private bool _anyDryAllow;
        private bool _dryAllowed;
        private List<DryRunVerdict>? _dryRuns;

        public void Add(AuthorizationPolicy policy, in ConnectionFacts facts)
        {
            var matches = Matches(policy, facts);

            // Whatever is not ALLOW denies: an action that this version does not know must not open anything.
            var allow = policy.Action == PolicyAction.Allow;
            if (policy.DryRun)
            {
                _anyDryAllow |= allow;
                _dryAllowed |= allow && matches;
                if (matches)
                {
                    (_dryRuns ??= []).Add(new DryRunVerdict(policy.Key, policy.Action, !allow));
                }
            }
            else if (allow)
            {
                _anyAllow = true;
                _allowed ??= matches ? policy.Key : null;
            }
            else
            {
                _denied ??= matches ? policy.Key : null;
            }
        }

        public readonly AuthorizationResult Conclude()
        {
            if (_anyDryAllow && !_dryAllowed)
            {
                return Conclude([.. _dryRuns ?? [], new DryRunVerdict(null, PolicyAction.Allow, true)]);
            }

            return Conclude([.. _dryRuns ?? []]);
        }

        private readonly AuthorizationResult Conclude(ImmutableArray<DryRunVerdict> dryRuns)
        {
            // A DENY that is known wins over a policy that is missing: both refuse, and the first names the cause.
            if (_denied is { } denied)
            {
                return new AuthorizationResult(AuthorizationVerdict.DeniedByPolicy, denied, dryRuns);
            }

            if (Missing is { } missing)
            {
                return new AuthorizationResult(AuthorizationVerdict.NotSynced, missing, dryRuns);
            }

            if (!_anyAllow)
            {
                return dryRuns.IsEmpty ? AuthorizationResult.Unrestricted : new AuthorizationResult(AuthorizationVerdict.Allowed, null, dryRuns);
            }

            return _allowed is { } allowed
                ? new AuthorizationResult(AuthorizationVerdict.Allowed, allowed, dryRuns)
                : new AuthorizationResult(AuthorizationVerdict.DeniedByDefault, null, dryRuns);
        }
    }
}
