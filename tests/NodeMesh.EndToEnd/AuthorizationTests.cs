namespace NodeMesh.EndToEnd;

/// <summary>AuthorizationPolicy on a live mesh, a case per field, from the same node and from the other.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class AuthorizationTests(SharedMesh shared)
{
    /// <summary>Rules against server-2 (node-2), and who of meshed/client-1 (other node), meshed/client-2 (same node), plain/client-1 may call ports 80→7000 and 81→7001.</summary>
    public static TheoryData<string, string, string, string> Cases() => new()
    {
        // name, action, rule, expectation: client1:80 client1:81 client2:80 plain1:80
        { "principals", "ALLOW", "from: [{source: {principals: [cluster.local/ns/meshed/sa/client-1]}}]", "yes yes no no" },
        { "principals-prefix", "ALLOW", "from: [{source: {principals: ['cluster.local/ns/meshed/*']}}]", "yes yes yes no" },
        { "principals-suffix", "ALLOW", "from: [{source: {principals: ['*/sa/client-2']}}]", "no no yes no" },
        { "principals-presence", "ALLOW", "from: [{source: {principals: ['*']}}]", "yes yes yes no" },
        { "not-principals", "ALLOW", "from: [{source: {notPrincipals: [cluster.local/ns/meshed/sa/client-1]}}]", "no no yes yes" },
        { "namespaces", "ALLOW", "from: [{source: {namespaces: [meshed]}}]", "yes yes yes no" },
        { "not-namespaces", "DENY", "from: [{source: {notNamespaces: [meshed]}}]", "yes yes yes no" },
        { "service-accounts", "ALLOW", "from: [{source: {serviceAccounts: [meshed/client-2]}}]", "no no yes no" },
        { "not-service-accounts", "DENY", "from: [{source: {notServiceAccounts: [meshed/client-2]}}]", "no no yes no" },
        { "ip-blocks", "ALLOW", "from: [{source: {ipBlocks: [10.244.1.0/24]}}]", "yes yes no yes" },
        { "not-ip-blocks", "ALLOW", "from: [{source: {notIpBlocks: [10.244.1.0/24]}}]", "no no yes no" },
        { "remote-ip-blocks", "ALLOW", "from: [{source: {remoteIpBlocks: [10.244.2.0/24]}}]", "no no yes no" },
        { "not-remote-ip-blocks", "DENY", "from: [{source: {notRemoteIpBlocks: [10.244.2.0/24]}}]", "no no yes no" },
        { "ports", "ALLOW", "to: [{operation: {ports: ['7001']}}]", "no yes no no" },
        { "not-ports", "DENY", "to: [{operation: {notPorts: ['7000']}}]", "yes no yes yes" },
        { "when-port", "DENY", "when: [{key: destination.port, values: ['7001']}]", "yes no yes yes" },
        { "when-principal", "DENY", "when: [{key: source.principal, values: [cluster.local/ns/meshed/sa/client-1]}]", "no no yes yes" },
        { "when-not-namespace", "DENY", "when: [{key: source.namespace, notValues: [meshed]}]", "yes yes yes no" },
        { "from-and-to", "DENY", "{from: [{source: {namespaces: [meshed]}}], to: [{operation: {ports: ['7001']}}]}", "yes no yes yes" },
        { "methods-are-not-seen-allow", "ALLOW", "to: [{operation: {methods: [GET]}}]", "no no no no" },
        { "methods-are-not-seen-deny", "DENY", "{from: [{source: {namespaces: [meshed]}}], to: [{operation: {methods: [DELETE]}}]}", "no no no yes" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Field_DecidesWhoMayCall(string name, string action, string rule, string expected)
    {
        var indented = rule.StartsWith('{') ? rule : $"{{{rule}}}";
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, $$"""
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: {{name}}
              namespace: meshed
            spec:
              selector:
                matchLabels: {server: server-2}
              action: {{action}}
              rules:
              - {{indented}}
            """);
        await Eventually.GetAsync(VerdictsAsync, seen => seen == expected);
    }

    [Fact]
    public async Task NoRule_AllowsNothing()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: nothing, namespace: meshed}
            spec: {}
            """);
        await Eventually.GetAsync(VerdictsAsync, seen => seen == "no no no no");
    }

    [Fact]
    public async Task Audit_RefusesNothingAndDryRun_RefusesNothing()
    {
        await using var audit = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: audit, namespace: meshed}
            spec: {action: AUDIT, rules: [{}]}
            """);
        await using var dry = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: dry, namespace: meshed, annotations: {istio.io/dry-run: "true"}}
            spec: {action: DENY, rules: [{}]}
            """);
        await using var marker = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: marker, namespace: meshed}
            spec: {action: DENY, rules: [{to: [{operation: {ports: ["7001"]}}]}]}
            """);

        // The marker was applied last: once it holds, the other two were in force as well.
        await Eventually.GetAsync(VerdictsAsync, seen => seen == "yes no yes yes");
    }

    [Fact]
    public async Task Refusal_NamesThePolicyInTheAccessLog()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: deny-client-1, namespace: meshed}
            spec:
              selector: {matchLabels: {server: server-2}}
              action: DENY
              rules: [{from: [{source: {serviceAccounts: [meshed/client-1]}}]}]
            """);
        await Eventually.GetAsync(VerdictsAsync, seen => seen == "no no yes yes");
        await Eventually.GetAsync(
            () => shared.Mesh.AccessAsync("node-2", "server-2", "inbound"),
            records => records.Any(r =>
                ((string?)r["policy"])?.Contains("meshed/deny-client-1", StringComparison.Ordinal) == true
                && (string?)r["src.identity"] == "spiffe://cluster.local/ns/meshed/sa/client-1"));
    }

    [Fact]
    public async Task LiveConnection_ThatIsNoLongerAllowed_IsClosed()
    {
        var held = shared.Mesh.PeerAsync("meshed/client-1", "hold", "server-2.meshed", "80", "30");
        await Eventually.GetAsync(() => shared.Mesh.LiveConnectionsAsync("node-2"), text => text.Contains("client-1", StringComparison.Ordinal));
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: late-deny, namespace: meshed}
            spec: {action: DENY, rules: [{from: [{source: {namespaces: [meshed]}}]}]}
            """);
        var ended = await held;
        Assert.Contains("closed after", ended.Expect(1), StringComparison.Ordinal);
    }

    private async Task<string> VerdictsAsync()
    {
        var results = await Task.WhenAll(
            shared.Mesh.PeerAsync("meshed/client-1", "who", "server-2.meshed", "80"),
            shared.Mesh.PeerAsync("meshed/client-1", "who", "server-2.meshed", "81"),
            shared.Mesh.PeerAsync("meshed/client-2", "who", "server-2.meshed", "80"),
            shared.Mesh.PeerAsync("plain/client-1", "who", "server-2.meshed", "80"));
        return string.Join(' ', results.Select(r => r.ExitCode switch { 0 => "yes", 1 => "no", _ => $"exit {r.ExitCode}: {r.Error}" }));
    }
}
