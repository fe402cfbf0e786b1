namespace NodeMesh.EndToEnd;

/// <summary>NetworkPolicy on a live mesh: what the node proxy carries past a CNI is held to it.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class NetworkPolicyTests(SharedMesh shared)
{
    /// <summary>Policies of namespace meshed, and who may call server-2: meshed/client-1 (other node), meshed/client-2 (same node), plain/client-1 (in the clear), on ports 80→7000 and 81→7001.</summary>
    public static TheoryData<string, string, string> Cases() => new()
    {
        // name, spec, expectation: client1:80 client1:81 client2:80 plain1:80
        { "default-deny", "{podSelector: {}}", "no no no no" },
        { "of-others", "{podSelector: {matchLabels: {server: server-1}}}", "yes yes yes yes" },
        { "pods", "{podSelector: {matchLabels: {server: server-2}}, ingress: [{from: [{podSelector: {matchLabels: {client: client-1}}}]}]}", "yes yes no no" },
        { "namespaces", "{podSelector: {matchLabels: {server: server-2}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: plain}}}]}]}", "no no no yes" },
        { "both", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {client: client-1}}}]}]}", "yes yes no yes" },
        { "block", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16, except: [10.244.1.0/24]}}]}]}", "no no yes no" },
        { "target-port", "{podSelector: {}, ingress: [{ports: [{port: 7001}]}]}", "no yes no no" },
        { "service-port", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", "no no no no" },
        { "named-port", "{podSelector: {}, ingress: [{ports: [{port: echo}]}]}", "yes no yes yes" },
        { "egress", "{podSelector: {matchLabels: {client: client-1}}, egress: [{to: [{podSelector: {matchLabels: {app: server}}}], ports: [{port: 7001}]}], policyTypes: [Egress]}", "no yes yes yes" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Policy_DecidesWhoMayCall(string name, string spec, string expected)
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, Policy(name, spec));
        await Eventually.GetAsync(VerdictsAsync, seen => seen == expected);
    }

    [Fact]
    public async Task Refusal_NamesThePolicyInTheAccessLogOfTheNodeThatRefuses()
    {
        await using var ingress = await AppliedPolicy.ApplyAsync(shared.Mesh, Policy("np-in", "{podSelector: {matchLabels: {server: server-2}}, ingress: [{from: [{podSelector: {matchLabels: {client: client-1}}}]}]}"));
        await using var egress = await AppliedPolicy.ApplyAsync(shared.Mesh, Policy("np-out", "{podSelector: {matchLabels: {client: client-1}}, policyTypes: [Egress]}"));
        await Eventually.GetAsync(VerdictsAsync, seen => seen == "no no no no");

        await Eventually.GetAsync(
            () => shared.Mesh.AccessAsync("node-2", "server-2", "inbound"),
            records => records.Any(r => (string?)r["policy"] == "meshed/np-in" && (string?)r["flags"] == "DENY"));
        await Eventually.GetAsync(
            () => shared.Mesh.AccessAsync("node-1", "server-2", "outbound"),
            records => records.Any(r => (string?)r["policy"] == "meshed/np-out" && (string?)r["flags"] == "DENY"));
    }

    private static string Policy(string name, string spec) => $$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: {{name}}, namespace: meshed}
        spec: {{spec}}
        """;

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
