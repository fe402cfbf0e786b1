using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Asks the policies of a mesh about connections, with the functions that proxies and control plane run, and names the resources that decided.</summary>
internal sealed class PolicyJudge
{
    private readonly Dictionary<NamespacedName, (ManifestDocument Document, AuthorizationTranslation Translation)> _policies = [];
    private readonly PeerAuthenticationTranslator _peers;

    /// <summary>Prepares it.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">Its resources.</param>
    public PolicyJudge(MeshSettings settings, IReadOnlyCollection<ManifestDocument> documents)
    {
        var translator = new AuthorizationTranslator(settings);
        foreach (var document in documents.Where(d => d.Kind == ResourceKinds.AuthorizationPolicy))
        {
            _policies[document.Key] = (document, translator.Translate(document));
        }

        var targets = new TrafficTargetTranslator(
            [.. documents.Where(d => d.Kind == ResourceKinds.SmiTcpRoute)], [.. documents.Where(d => d.Kind == ResourceKinds.HttpRouteGroup)]);
        foreach (var document in documents.Where(d => d.Kind == ResourceKinds.TrafficTarget))
        {
            var translation = targets.Translate(document);
            _policies[translation.Policy!.Key] = (document, translation);
        }

        _peers = new PeerAuthenticationTranslator(settings, documents.Where(d => d.Kind == ResourceKinds.PeerAuthentication));
    }

    /// <summary>Judges a connection.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The workload that it is for.</param>
    /// <param name="labels">The workload's labels.</param>
    /// <param name="facts">What is known of the connection.</param>
    /// <returns>The judgement.</returns>
    public PolicyJudgement Judge(MeshModel model, Workload destination, ImmutableDictionary<string, string> labels, in ConnectionFacts facts)
    {
        var applicable = Authorizer.PoliciesFor(model, destination).ToList();
        var peers = PeerAuthentication(destination.Namespace, labels, facts.DestinationPort);
        var why = new List<string> { Describe(peers) };
        AddApproximations(why, applicable);
        var dryRuns = ImmutableArray.CreateBuilder<ExplainDryRun>();
        foreach (var policy in applicable.Where(p => p.DryRun))
        {
            dryRuns.Add(new ExplainDryRun(policy.Namespace, policy.Name, ActionOf(policy), Authorizer.Matches(policy, facts)));
        }

        var result = Authorizer.Authorize(model, destination, facts);
        var judgement = result.IsAllowed ? Allowed(model, result, facts, why)
            : result.Verdict == AuthorizationVerdict.DeniedByDefault ? DeniedByDefault(applicable, why)
            : Denied(applicable, peers, facts, why);
        return judgement with { DryRuns = dryRuns.ToImmutable(), PeerAuthentication = peers, Why = [.. why] };
    }

    private static PolicyJudgement DeniedByDefault(List<AuthorizationPolicy> applicable, List<string> why)
    {
        var names = string.Join(", ", applicable.Where(p => !p.DryRun && p.Action == PolicyAction.Allow).Select(p => p.Key.ToString()));
        why.Add($"The destination has ALLOW policies ({names}), and no rule of them matches: it is denied.");
        return new PolicyJudgement { Verdict = "deny" };
    }

    private static string Describe(ExplainPeerAuthentication peers) => peers.SetBy is { } by
        ? $"{by} asks for mutual TLS of mode {peers.Mode}."
        : "No PeerAuthentication is set for the destination: PERMISSIVE takes clients with and without an identity.";

    private static string Article(ExplainPolicy policy) => policy.Rule is { } rule ? $"{policy.Resource}, rule {rule}" : policy.Resource.ToString();

    private PolicyJudgement Allowed(MeshModel model, AuthorizationResult result, in ConnectionFacts facts, List<string> why)
    {
        if (result.Policy is not { } key)
        {
            why.Add("No policy of the destination denies it, and there is no ALLOW policy that would have to match: it is allowed.");
            return new PolicyJudgement { Verdict = "allow" };
        }

        var by = Name(model.FindPolicy(key)!, facts);
        why.Add($"{Article(by)} allows it.");
        return new PolicyJudgement { Verdict = "allow", AllowedBy = by };
    }

    // Who comes without the identity that STRICT asks for is refused before rules are looked at; an authoriser is asked only about what no DENY refuses.
    private PolicyJudgement Denied(List<AuthorizationPolicy> applicable, ExplainPeerAuthentication peers, in ConnectionFacts facts, List<string> why)
    {
        var matching = new List<AuthorizationPolicy>();
        foreach (var policy in applicable.Where(p => !p.DryRun && p.Action != PolicyAction.Allow))
        {
            if (Authorizer.Matches(policy, facts))
            {
                matching.Add(policy);
            }
        }

        if (matching.Any(p => !_policies.ContainsKey(p.Key)) && peers.SetBy is { } strict)
        {
            why.Add($"The client proves no identity, which {strict} asks for: it is denied.");
            return new PolicyJudgement { Verdict = "deny", DeniedBy = new ExplainPolicy(strict, null) };
        }

        if (matching.Find(p => ActionOf(p) == "DENY") is { } deny)
        {
            var by = Name(deny, facts);
            why.Add($"{Article(by)} denies it.");
            return new PolicyJudgement { Verdict = "deny", DeniedBy = by };
        }

        var custom = Name(matching[0], facts);
        why.Add($"{Article(custom)} asks an authoriser; that is not served yet, so it is refused.");
        return new PolicyJudgement { Verdict = "custom", DeniedBy = custom };
    }

    private ExplainPeerAuthentication PeerAuthentication(string ns, ImmutableDictionary<string, string> labels, int port)
    {
        var (mode, setBy) = _peers.OfPort(ns, labels, port);
        return new ExplainPeerAuthentication(mode.ToString().ToUpperInvariant(), setBy?.Origin);
    }

    private void AddApproximations(List<string> why, List<AuthorizationPolicy> applicable)
    {
        foreach (var policy in applicable)
        {
            if (_policies.TryGetValue(policy.Key, out var known) && !known.Translation.Enforced)
            {
                why.AddRange(known.Translation.Findings.Select(f => $"{known.Document.Origin}: {f.Field}: {f.Message}."));
            }
        }
    }

    private string ActionOf(AuthorizationPolicy policy) =>
        !_policies.TryGetValue(policy.Key, out var known) ? "DENY"
        : known.Document.Resource is AuthorizationPolicyResource written ? written.Spec?.Action ?? "ALLOW" : "ALLOW";

    private ExplainPolicy Name(AuthorizationPolicy policy, in ConnectionFacts facts)
    {
        var (document, translation) = _policies[policy.Key];
        var rule = Authorizer.FindRule(policy, facts);
        return new ExplainPolicy(document.Origin, rule < 0 ? null : translation.RuleNumbers[rule]);
    }
}
