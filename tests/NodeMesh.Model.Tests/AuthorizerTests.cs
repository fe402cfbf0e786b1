using System.Net;

namespace NodeMesh.Model.Tests;

public sealed class AuthorizerTests
{
    private static readonly Workload Target = Sample.Pod("web", "10.244.2.2", "node-2");
    private static readonly ConnectionFacts FromClient = Facts("spiffe://cluster.local/ns/shop/sa/client");
    private static readonly ConnectionFacts Plaintext = Facts(null);
    private static readonly PolicyMatch FromAnybody = new() { DestinationPorts = [8080] };
    private static readonly PolicyMatch FromNobody = new() { DestinationPorts = [1] };

    /// <summary>One row per kind of set, its negation, its kinds of comparison and their absence.</summary>
    public static TheoryData<string, PolicyMatch, bool, bool> MatchRows()
    {
        var principal = "cluster.local/ns/shop/sa/client";
        return new()
        {
            { "nothing set", new PolicyMatch(), false, false },
            { "namespace exact", new PolicyMatch { Namespaces = Sample.Exact("shop") }, true, false },
            { "namespace one of two", new PolicyMatch { Namespaces = Sample.Exact("x", "shop") }, true, false },
            { "namespace other", new PolicyMatch { Namespaces = Sample.Exact("shops") }, false, false },
            { "namespace case", new PolicyMatch { Namespaces = Sample.Exact("Shop") }, false, false },
            { "namespace prefix", new PolicyMatch { Namespaces = [new StringMatch(StringMatchKind.Prefix, "sh")] }, true, false },
            { "namespace suffix", new PolicyMatch { Namespaces = [new StringMatch(StringMatchKind.Suffix, "op")] }, true, false },
            { "namespace presence", new PolicyMatch { Namespaces = [new StringMatch(StringMatchKind.Presence, "")] }, true, false },
            { "not namespace same", new PolicyMatch { NotNamespaces = Sample.Exact("shop") }, false, true },
            { "not namespace other", new PolicyMatch { NotNamespaces = Sample.Exact("other") }, true, true },
            { "principal exact", new PolicyMatch { Principals = Sample.Exact(principal) }, true, false },
            { "principal with scheme", new PolicyMatch { Principals = Sample.Exact("spiffe://" + principal) }, false, false },
            { "principal suffix", new PolicyMatch { Principals = [new StringMatch(StringMatchKind.Suffix, "/sa/client")] }, true, false },
            { "principal prefix", new PolicyMatch { Principals = [new StringMatch(StringMatchKind.Prefix, "cluster.local/")] }, true, false },
            { "principal presence", new PolicyMatch { Principals = [new StringMatch(StringMatchKind.Presence, "")] }, true, false },
            { "not principal presence (STRICT)", new PolicyMatch { NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")] }, false, true },
            { "not principal same", new PolicyMatch { NotPrincipals = Sample.Exact(principal) }, false, true },
            { "service account", new PolicyMatch { ServiceAccounts = [new ServiceAccountMatch("shop", "client")] }, true, false },
            { "service account of other namespace", new PolicyMatch { ServiceAccounts = [new ServiceAccountMatch("x", "client")] }, false, false },
            { "not service account", new PolicyMatch { NotServiceAccounts = [new ServiceAccountMatch("shop", "client")] }, false, true },
            { "source network", new PolicyMatch { SourceIps = [IPNetwork.Parse("10.244.1.0/24")] }, true, true },
            { "source other network", new PolicyMatch { SourceIps = [IPNetwork.Parse("10.244.3.0/24")] }, false, false },
            { "source of another family", new PolicyMatch { SourceIps = [IPNetwork.Parse("fd00::/8")] }, false, false },
            { "not source network", new PolicyMatch { NotSourceIps = [IPNetwork.Parse("10.244.1.0/24")] }, false, false },
            { "destination network", new PolicyMatch { DestinationIps = [IPNetwork.Parse("10.244.2.2/32")] }, true, true },
            { "not destination network", new PolicyMatch { NotDestinationIps = [IPNetwork.Parse("10.244.2.2/32")] }, false, false },
            { "port", new PolicyMatch { DestinationPorts = [80, 8080] }, true, true },
            { "other port", new PolicyMatch { DestinationPorts = [80] }, false, false },
            { "not port", new PolicyMatch { NotDestinationPorts = [8080] }, false, false },
            { "not other port", new PolicyMatch { NotDestinationPorts = [80] }, true, true },
            { "two sets, both", new PolicyMatch { Namespaces = Sample.Exact("shop"), DestinationPorts = [8080] }, true, false },
            { "two sets, one", new PolicyMatch { Namespaces = Sample.Exact("shop"), DestinationPorts = [80] }, false, false },
        };
    }

    [Theory]
    [MemberData(nameof(MatchRows))]
    public void Match_OfARow_ComparesAsTheReferenceSays(string row, PolicyMatch match, bool withIdentity, bool overPlaintext)
    {
        var policy = Sample.Policy(row, PolicyAction.Deny, match);
        Assert.Equal(withIdentity, Authorizer.Matches(policy, FromClient));
        Assert.Equal(overPlaintext, Authorizer.Matches(policy, Plaintext));
    }

    [Fact]
    public void Matches_OfAMappedSource_ComparesThePlainAddress()
    {
        var policy = Sample.Policy("p", PolicyAction.Deny, new PolicyMatch { SourceIps = [IPNetwork.Parse("10.244.1.0/24")] });
        Assert.True(Authorizer.Matches(policy, FromClient with { Source = IPAddress.Parse("::ffff:10.244.1.2") }));
    }

    [Fact]
    public void Matches_OfRulesClausesAndMatches_OrsAndsAndOrs()
    {
        PolicyClause yes = new([FromNobody, FromAnybody]);
        PolicyClause no = new([FromNobody]);
        AuthorizationPolicy With(params PolicyRule[] rules) => Sample.Policy("p", PolicyAction.Deny, null) with { Rules = [.. rules] };

        Assert.False(Authorizer.Matches(With(), FromClient));
        Assert.True(Authorizer.Matches(With(new PolicyRule([new PolicyClause([])])), FromClient));
        Assert.True(Authorizer.Matches(With(new PolicyRule([yes])), FromClient));
        Assert.False(Authorizer.Matches(With(new PolicyRule([yes, no])), FromClient));
        Assert.True(Authorizer.Matches(With(new PolicyRule([no]), new PolicyRule([yes, yes])), FromClient));
    }

    /// <summary>The order of the check: policies, the verdict and the policy that decides.</summary>
    public static TheoryData<string, AuthorizationPolicy[], AuthorizationVerdict, string?> OrderRows() => new()
    {
        { "none", [], AuthorizationVerdict.Allowed, null },
        { "deny matches", [Deny("d", FromAnybody)], AuthorizationVerdict.DeniedByPolicy, "d" },
        { "deny does not match", [Deny("d", FromNobody)], AuthorizationVerdict.Allowed, null },
        { "allow matches", [Allow("a", FromAnybody)], AuthorizationVerdict.Allowed, "a" },
        { "allow does not match", [Allow("a", FromNobody)], AuthorizationVerdict.DeniedByDefault, null },
        { "one of two allows", [Allow("a", FromNobody), Allow("b", FromAnybody)], AuthorizationVerdict.Allowed, "b" },
        { "deny before allow", [Allow("a", FromAnybody), Deny("d", FromAnybody)], AuthorizationVerdict.DeniedByPolicy, "d" },
        { "allow without rules closes", [Sample.Policy("a", PolicyAction.Allow, null)], AuthorizationVerdict.DeniedByDefault, null },
        { "deny without rules does nothing", [Sample.Policy("d", PolicyAction.Deny, null)], AuthorizationVerdict.Allowed, null },
        { "dry-run deny", [Deny("d", FromAnybody) with { DryRun = true }], AuthorizationVerdict.Allowed, null },
        { "dry-run allow that does not match", [Allow("a", FromNobody) with { DryRun = true }], AuthorizationVerdict.Allowed, null },
        { "dry-run allow beside an allow", [Allow("a", FromAnybody) with { DryRun = true }, Allow("b", FromNobody)], AuthorizationVerdict.DeniedByDefault, null },
        { "other namespace", [Deny("d", FromAnybody) with { Namespace = "other" }], AuthorizationVerdict.Allowed, null },
        { "whole mesh", [Deny("d", FromAnybody) with { Namespace = "istio-system", Scope = PolicyScope.Global }], AuthorizationVerdict.DeniedByPolicy, "d" },
        { "selector that does not select", [Deny("d", FromAnybody) with { Scope = PolicyScope.WorkloadSelector }], AuthorizationVerdict.Allowed, null },
        { "unknown action denies", [Deny("d", FromAnybody) with { Action = (PolicyAction)7 }], AuthorizationVerdict.DeniedByPolicy, "d" },
    };

    [Theory]
    [MemberData(nameof(OrderRows))]
    public void Authorize_OfARow_DecidesInTheReferencesOrder(string row, AuthorizationPolicy[] policies, AuthorizationVerdict verdict, string? by)
    {
        var result = Authorizer.Authorize(Sample.Model([Target, .. policies]), Target, FromClient);
        Assert.True(verdict == result.Verdict, $"{row}: {result.Explain()}");
        Assert.Equal(by, result.Policy?.Name);
    }

    [Fact]
    public void Authorize_OfASelectedWorkload_AsksTheNamedPolicy()
    {
        var policy = Deny("d", FromAnybody) with { Scope = PolicyScope.WorkloadSelector };
        var target = Target with { AuthorizationPolicies = [policy.Key] };
        Assert.Equal(AuthorizationVerdict.DeniedByPolicy, Authorizer.Authorize(Sample.Model(target, policy), target, FromClient).Verdict);
    }

    [Fact]
    public void Authorize_WhenANamedPolicyIsMissing_RefusesAndNamesIt()
    {
        var target = Target with { AuthorizationPolicies = [new NamespacedName("shop", "missing")] };
        var result = Authorizer.Authorize(Sample.Model(target, Allow("a", FromAnybody)), target, FromClient);
        Assert.Equal(AuthorizationVerdict.NotSynced, result.Verdict);
        Assert.Equal("missing", result.Policy?.Name);
        Assert.False(result.IsAllowed);
    }

    [Fact]
    public void Authorize_OfStrict_RefusesPlaintextAndAllowsAnIdentity()
    {
        var strict = Deny("istio_converted_static_strict", new PolicyMatch { NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")] }) with
        {
            Namespace = "istio-system",
            Scope = PolicyScope.WorkloadSelector,
        };
        var target = Target with { AuthorizationPolicies = [strict.Key] };
        var model = Sample.Model(target, strict);
        Assert.False(Authorizer.Authorize(model, target, Plaintext).IsAllowed);
        Assert.True(Authorizer.Authorize(model, target, FromClient).IsAllowed);
    }

    [Fact]
    public void Authorize_OfDryRuns_ReportsWhatTheyWouldHaveDone()
    {
        var deny = Deny("d", FromAnybody) with { DryRun = true };
        var allow = Allow("a", FromNobody) with { DryRun = true };
        var result = Authorizer.Authorize(Sample.Model(Target, deny, allow), Target, FromClient);
        Assert.True(result.IsAllowed);
        Assert.Equal(
            [new DryRunVerdict(deny.Key, PolicyAction.Deny, true), new DryRunVerdict(null, PolicyAction.Allow, true)],
            result.DryRuns);
    }

    private static AuthorizationPolicy Deny(string name, PolicyMatch match) => Sample.Policy(name, PolicyAction.Deny, match);

    private static AuthorizationPolicy Allow(string name, PolicyMatch match) => Sample.Policy(name, PolicyAction.Allow, match);

    private static ConnectionFacts Facts(string? peer) => new(
        peer is null ? null : SpiffeId.Parse(peer),
        IPAddress.Parse("10.244.1.2"),
        IPAddress.Parse("10.244.2.2"),
        8080);
}
