using NodeMesh.Model;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;
using static NodeMesh.Resources.Tests.Translation.TestMesh;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class AuthorizationTranslationTests
{
    // Each row: an ALLOW rule, then connections that it must allow, then such that it must not; a connection is PEER[@SOURCE][:PORT], "-" being plaintext.
    [Theory]
    [InlineData("{}", "shop/a other/b - -:1", "")]
    [InlineData("{from: [{source: {principals: [cluster.local/ns/shop/sa/a]}}]}", "shop/a", "shop/b other/a -")]
    [InlineData("{from: [{source: {principals: ['*']}}]}", "shop/a other/b", "-")]
    [InlineData("{from: [{source: {principals: ['cluster.local/ns/shop/*']}}]}", "shop/a shop/b", "other/a -")]
    [InlineData("{from: [{source: {principals: ['*/sa/a']}}]}", "shop/a other/a", "shop/b -")]
    [InlineData("{from: [{source: {notPrincipals: [cluster.local/ns/shop/sa/a]}}]}", "shop/b -", "shop/a")]
    [InlineData("{from: [{source: {namespaces: [shop, 'team-*']}}]}", "shop/a team-x/a", "other/a -")]
    [InlineData("{from: [{source: {namespaces: ['*'], notNamespaces: ['*er']}}]}", "shop/a", "other/a -")]
    [InlineData("{from: [{source: {serviceAccounts: [a, other/b]}}]}", "shop/a other/b", "other/a shop/b -")]
    [InlineData("{from: [{source: {notServiceAccounts: [a]}}]}", "other/a shop/b -", "shop/a")]
    [InlineData("{from: [{source: {ipBlocks: [10.1.2.3/16, 192.0.2.1]}}]}", "-@10.1.9.9 -@192.0.2.1", "-@10.2.0.1 -@192.0.2.2 -@fd00::1")]
    [InlineData("{from: [{source: {ipBlocks: ['fd00::/8']}}]}", "-@fd12::1", "-@fe80::1 -@10.0.0.1")]
    [InlineData("{from: [{source: {notIpBlocks: [10.1.0.0/16]}}]}", "-@10.2.0.1", "-@10.1.0.1")]
    [InlineData("{from: [{source: {remoteIpBlocks: [10.1.0.0/16]}}]}", "-@10.1.0.1", "-@10.2.0.1")]
    [InlineData("{from: [{source: {notRemoteIpBlocks: [10.1.0.0/16]}}]}", "-@10.2.0.1", "-@10.1.0.1")]
    [InlineData("{from: [{source: {ipBlocks: [10.0.0.0/8], remoteIpBlocks: [10.1.0.0/16, 192.0.2.0/24]}}]}", "-@10.1.0.1", "-@10.2.0.1 -@192.0.2.1")]
    [InlineData("{from: [{source: {ipBlocks: [10.0.0.0/8], remoteIpBlocks: [11.0.0.0/8]}}]}", "", "-@10.1.0.1 -@11.0.0.1")]
    [InlineData("{from: [{source: {namespaces: [shop], ipBlocks: [10.0.0.0/8]}}]}", "shop/a@10.1.1.1", "shop/a@11.1.1.1 other/a@10.1.1.1")]
    [InlineData("{from: [{source: {namespaces: [shop]}}, {source: {ipBlocks: [10.0.0.0/8]}}]}", "shop/a@11.1.1.1 other/a@10.1.1.1", "other/a@11.1.1.1")]
    [InlineData("{to: [{operation: {ports: ['80', '81']}}]}", "-:80 -:81", "-:82")]
    [InlineData("{to: [{operation: {notPorts: ['80']}}]}", "-:81", "-:80")]
    [InlineData("{from: [{source: {namespaces: [shop]}}], to: [{operation: {ports: ['80']}}]}", "shop/a:80", "shop/a:81 other/a:80 -:80")]
    [InlineData("{when: [{key: source.ip, values: [10.0.0.0/8], notValues: [10.1.0.0/16]}]}", "-@10.2.0.1", "-@10.1.0.1 -@11.0.0.1")]
    [InlineData("{when: [{key: remote.ip, values: [10.0.0.0/8]}]}", "-@10.2.0.1", "-@11.0.0.1")]
    [InlineData("{when: [{key: source.namespace, values: [shop]}]}", "shop/a", "other/a -")]
    [InlineData("{when: [{key: source.namespace, notValues: [shop]}]}", "other/a -", "shop/a")]
    [InlineData("{when: [{key: source.principal, values: ['*/sa/a']}]}", "shop/a", "shop/b -")]
    [InlineData("{when: [{key: source.serviceAccount, values: [other/a]}]}", "other/a", "shop/a -")]
    [InlineData("{when: [{key: destination.ip, values: [10.0.0.1]}]}", "-", "")]
    [InlineData("{when: [{key: destination.ip, notValues: [10.0.0.1]}]}", "", "-")]
    [InlineData("{when: [{key: destination.port, values: ['80']}]}", "-:80", "-:81")]
    [InlineData("{when: [{key: destination.port, values: ['80', '81']}, {key: source.namespace, values: [shop]}]}", "shop/a:80 shop/a:81", "other/a:80 shop/a:82")]
    [InlineData("{to: [{operation: {methods: [GET]}}]}", "", "shop/a -")]
    [InlineData("{to: [{operation: {paths: [/x]}}, {operation: {ports: ['80']}}]}", "-:80", "-:81")]
    [InlineData("{from: [{source: {requestPrincipals: ['*']}}, {source: {namespaces: [shop]}}]}", "shop/a", "other/a -")]
    [InlineData("{to: [{operation: {ports: ['80'], notPaths: [/healthz]}}]}", "", "-:80")]
    [InlineData("{when: [{key: 'request.headers[x]', values: [a]}]}", "", "shop/a -")]
    [InlineData("{when: [{key: connection.sni, notValues: [a]}]}", "", "shop/a -")]
    public void AllowRule_MatchesExactlyWhatItSays(string rule, string allowed, string refused)
    {
        var mesh = new TestMesh(Shop + Policy($"{{action: ALLOW, rules: [{rule}]}}"));

        Check(mesh, allowed, true);
        Check(mesh, refused, false);
    }

    // A DENY rule with parts that L4 cannot see matches on the rest alone: it refuses more than it says, never less.
    [Theory]
    [InlineData("{}", "", "shop/a -")]
    [InlineData("{from: [{source: {namespaces: [shop]}}]}", "other/a -", "shop/a")]
    [InlineData("{from: [{source: {notPrincipals: ['*']}}]}", "shop/a", "-")]
    [InlineData("{to: [{operation: {methods: [GET]}}]}", "", "shop/a -")]
    [InlineData("{to: [{operation: {paths: [/admin], ports: ['80']}}]}", "-:81", "-:80")]
    [InlineData("{from: [{source: {namespaces: [shop]}}], to: [{operation: {methods: [GET]}}]}", "other/a -", "shop/a")]
    [InlineData("{from: [{source: {requestPrincipals: ['*'], namespaces: [shop]}}]}", "other/a", "shop/a")]
    [InlineData("{from: [{source: {requestPrincipals: ['*']}}, {source: {namespaces: [shop]}}]}", "", "other/a -")]
    [InlineData("{from: [{source: {namespaces: [shop]}}], when: [{key: 'request.auth.claims[g]', values: [x]}]}", "other/a", "shop/a")]
    [InlineData("{from: [{source: {ipBlocks: [10.0.0.0/8], remoteIpBlocks: [11.0.0.0/8]}}]}", "-@10.0.0.5 -@11.0.0.1", "")]
    public void DenyRule_RefusesAtLeastWhatItSays(string rule, string allowed, string refused)
    {
        var mesh = new TestMesh(Shop + Policy($"{{action: DENY, rules: [{rule}]}}"));

        Check(mesh, allowed, true);
        Check(mesh, refused, false);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("{action: ALLOW}", false)]
    [InlineData("{rules: []}", false)]
    [InlineData("{rules: [{}]}", true)]
    [InlineData("{action: AUDIT, rules: [{}]}", true)]
    [InlineData("{action: CUSTOM, provider: {name: x}, rules: [{}]}", false)]
    public void Action_WithoutConditions_HasIstiosMeaning(string spec, bool allowed) =>
        Assert.Equal(allowed, new TestMesh(Shop + Policy(spec)).Allows("shop/a"));

    [Fact]
    public void MissingSpec_AllowsNothing() =>
        Assert.False(new TestMesh(Shop + "apiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\n").Allows("shop/a"));

    [Fact]
    public void DenyBeforeAllow_Decides()
    {
        var mesh = new TestMesh(Shop
            + Policy("{action: DENY, rules: [{to: [{operation: {ports: ['9090']}}]}]}", "deny")
            + Policy("{rules: [{from: [{source: {namespaces: [shop]}}]}]}", "allow"));

        Check(mesh, "shop/a:8080", true);
        Check(mesh, "shop/a:9090 other/a:8080", false);
    }

    [Fact]
    public void DryRun_ChangesNoVerdict()
    {
        var mesh = new TestMesh(Shop + Policy("{}", annotations: "{istio.io/dry-run: 'true'}"));

        Assert.True(Assert.Single(mesh.Result.Mesh.Policies).Value.DryRun);
        Assert.True(mesh.Allows("shop/a"));
    }

    [Theory]
    [InlineData("shop", "{}", PolicyScope.Namespace, true, false)]
    [InlineData("shop", "{selector: {}}", PolicyScope.Namespace, true, false)]
    [InlineData("shop", "{selector: {matchLabels: {app: web}}}", PolicyScope.WorkloadSelector, true, false)]
    [InlineData("shop", "{selector: {matchLabels: {app: db}}}", PolicyScope.WorkloadSelector, false, false)]
    [InlineData("istio-system", "{}", PolicyScope.Global, true, true)]
    [InlineData("istio-system", "{selector: {matchLabels: {app: web}}}", PolicyScope.WorkloadSelector, true, true)]
    [InlineData("third", "{}", PolicyScope.Namespace, false, false)]
    public void Scope_DecidesWhichWorkloads(string ns, string spec, PolicyScope scope, bool web, bool far)
    {
        var mesh = new TestMesh(Shop + Policy(spec, ns: ns));

        Assert.Equal(scope, Assert.Single(mesh.Result.Mesh.Policies).Value.Scope);
        Assert.Equal(!web, mesh.Allows("shop/a"));
        Assert.Equal(!far, mesh.Allows("shop/a", "other/far"));
        Assert.Equal(new ResourceOrigin("AuthorizationPolicy", ns, "p") { Group = "security.istio.io" }, mesh.Result.PolicyOrigins[new NamespacedName(ns, "p")]);
    }

    [Fact]
    public void TargetRef_OfAService_AppliesToItsPods()
    {
        var mesh = new TestMesh(Shop
            + "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n---\n"
            + "apiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: shop}\nspec: {containers: [{name: c}]}\nstatus: {podIP: 10.0.0.3}\n---\n"
            + Policy("{targetRefs: [{kind: Service, name: web}]}"));

        Assert.False(mesh.Allows("shop/a"));
        Assert.True(mesh.Allows("shop/a", "shop/db"));
        Assert.Empty(mesh.Result.Findings);
    }

    [Theory]
    [InlineData("cluster.local/ns/shop/sa/a", "example.com/ns/shop/sa/a", true)]
    [InlineData("example.com/ns/shop/sa/a", "example.com/ns/shop/sa/a", true)]
    [InlineData("old.example.com/ns/shop/sa/a", "example.com/ns/shop/sa/a", true)]
    [InlineData("example.com/ns/shop/sa/a", "old.example.com/ns/shop/sa/a", true)]
    [InlineData("else.com/ns/shop/sa/a", "example.com/ns/shop/sa/a", false)]
    [InlineData("cluster.local/ns/shop/*", "example.com/ns/shop/sa/a", true)]
    [InlineData("*/ns/shop/sa/a", "example.com/ns/shop/sa/a", true)]
    public void Principals_NameTheLocalTrustDomainByAnyAlias(string principal, string peer, bool allowed)
    {
        var settings = new MeshSettings { TrustDomain = "example.com", TrustDomainAliases = ["old.example.com"] };
        var mesh = new TestMesh(Shop + Policy($"{{rules: [{{from: [{{source: {{principals: ['{principal}']}}}}]}}]}}"), settings);

        Assert.Equal(allowed, mesh.Allows(peer));
    }

    [Theory]
    [InlineData("{rules: [{to: [{operation: {methods: [GET], paths: [/x]}}]}]}", FindingCodes.RequestLevelRule, "spec.rules[0].to[0].operation", "methods, paths need to see requests")]
    [InlineData("{action: DENY, rules: [{to: [{operation: {hosts: [x]}}]}]}", FindingCodes.RequestLevelRule, "spec.rules[0].to[0].operation", "every connection")]
    [InlineData("{action: AUDIT, rules: [{}]}", FindingCodes.NoEffect, "spec.action", "changes no verdict")]
    [InlineData("{action: CUSTOM, provider: {name: x}, rules: [{}]}", FindingCodes.NotServed, "spec.action", "refused")]
    [InlineData("{rules: [{when: [{key: request.auth.principal, values: [x]}]}]}", FindingCodes.RuleNeverMatches, "spec.rules[0]", "never matches")]
    public void WhatL4CannotDo_IsReportedAtItsField(string spec, string code, string field, string message)
    {
        var mesh = new TestMesh(Shop + Policy(spec));

        Assert.Contains(mesh.Result.Findings, f => f.Code == code && f.Field == field && f.Message.Contains(message, StringComparison.Ordinal) && f.Line > 0);
        Assert.Contains(new ResourceOrigin("AuthorizationPolicy", "shop", "p") { Group = "security.istio.io" }, mesh.Result.NotEnforced);
    }

    [Theory]
    [InlineData("principals: [cluster.local/ns/shop/sa/wbe]", "principals[0]", "there is no ServiceAccount shop/wbe")]
    [InlineData("serviceAccounts: [web, wbe]", "serviceAccounts[1]", "there is no ServiceAccount shop/wbe")]
    [InlineData("serviceAccounts: [other/far]", "serviceAccounts[0]", "there is no ServiceAccount other/far")]
    [InlineData("principals: [cluster.local/ns/shop/sa/web, cluster.local/ns/shop/sa/declared, '*/sa/wbe', elsewhere.example/ns/shop/sa/x, cluster.local/ns/unknown/sa/x]", null, null)]
    public void IdentityWithoutServiceAccount_IsReported(string source, string? field, string? message)
    {
        const string Accounts = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: declared, namespace: shop}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: other}
            ---

            """;
        var policy = Policy($"{{rules: [{{from: [{{source: {{{source}}}}}]}}]}}");
        var found = new TestMesh(Shop + Accounts + policy).Result.Findings.Where(f => f.Code == FindingCodes.Suspicious).Select(f => (f.Field, f.Message)).ToList();

        Assert.Equal(field is null ? [] : [$"spec.rules[0].from[0].source.{field}"], found.Select(f => f.Field));
        Assert.All(found, f => Assert.Contains(message!, f.Message, StringComparison.Ordinal));

        // Manifests that declare no account say nothing about who exists.
        Assert.DoesNotContain(new TestMesh(Shop + policy).Result.Findings, f => f.Code == FindingCodes.Suspicious);
    }

    [Theory]
    [InlineData("shop", "{selector: {matchLabels: {app: db}}}", FindingCodes.SelectorMatchesNothing)]
    [InlineData("third", "{}", FindingCodes.NothingMeshed)]
    [InlineData("shop", "{targetRefs: [{kind: Service, name: nope}]}", FindingCodes.TargetNotFound)]
    [InlineData("shop", "{rules: [{to: [{operation: {ports: ['81']}}]}]}", FindingCodes.PortNotServed)]
    public void WithoutEffect_IsReported(string ns, string spec, string code) =>
        Assert.Equal([code], new TestMesh(Shop + Policy(spec, ns: ns)).Codes);

    [Fact]
    public void OrdinaryPolicy_HasNoFindings()
    {
        var mesh = new TestMesh(Shop + Policy("{selector: {matchLabels: {app: web}}, rules: [{from: [{source: {namespaces: [shop]}}], to: [{operation: {ports: ['8080', '9090']}}]}]}"));

        Assert.Empty(mesh.Result.Findings);
        Assert.Empty(mesh.Result.NotEnforced);
    }

    private static void Check(TestMesh mesh, string connections, bool expected)
    {
        foreach (var connection in connections.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = connection.IndexOf('@', StringComparison.Ordinal);
            var source = at < 0 ? "10.9.9.9" : connection[(at + 1)..];
            var head = at < 0 ? connection : connection[..at];
            var colon = head.IndexOf(':', StringComparison.Ordinal);
            var port = colon < 0 ? 8080 : int.Parse(head[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            var peer = colon < 0 ? head : head[..colon];
            Assert.True(expected == mesh.Allows(peer == "-" ? null : peer, port: port, source: source), $"{connection} should be {(expected ? "allowed" : "refused")}");
        }
    }
}
