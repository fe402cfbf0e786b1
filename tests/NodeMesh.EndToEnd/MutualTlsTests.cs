namespace NodeMesh.EndToEnd;

/// <summary>PeerAuthentication on a live mesh: who may speak plaintext to whom.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class MutualTlsTests(SharedMesh shared)
{
    private const string Strict = """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict, namespace: meshed}
        spec: {mtls: {mode: STRICT}}
        """;

    private const string StrictButForOnePort = """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict-but-7001, namespace: meshed}
        spec:
          selector: {matchLabels: {server: server-2}}
          mtls: {mode: STRICT}
          portLevelMtls:
            "7001": {mode: PERMISSIVE}
        """;

    private const string Disabled = """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: disabled, namespace: meshed}
        spec:
          selector: {matchLabels: {server: server-2}}
          mtls: {mode: DISABLE}
        """;

    [Fact]
    public async Task Permissive_PlaintextAndMutualTls_AreBothTaken()
    {
        await ReachesAsync("plain/client-1", 80);
        await ReachesAsync("meshed/client-1", 80);
    }

    [Fact]
    public async Task Strict_PlaintextIsRefusedAndMutualTlsIsTaken()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, Strict);
        await RefusedAsync("plain/client-1", 80);
        await RefusedAsync("plain/client-2", 80);
        await ReachesAsync("meshed/client-1", 80);
        await ReachesAsync("meshed/client-2", 80);
    }

    [Fact]
    public async Task Strict_ReadinessProbes_KeepPassing()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, Strict);
        await RefusedAsync("plain/client-1", 80);
        var pod = await shared.Mesh.GetAsync("pod", "meshed", "server-2");
        Assert.Contains(pod["status"]!["conditions"]!.AsArray(), c => (string)c!["type"]! == "Ready" && (string)c["status"]! == "True");
    }

    [Fact]
    public async Task StrictWithAPermissivePort_OnlyThatPortTakesPlaintext()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, StrictButForOnePort);
        await RefusedAsync("plain/client-1", 80);
        await ReachesAsync("plain/client-1", 81);
        await ReachesAsync("meshed/client-1", 80);
    }

    [Fact]
    public async Task Disabled_TheConnectionIsPlaintext()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, Disabled);
        var record = await Eventually.GetAsync(
            async () =>
            {
                await ReachesAsync("meshed/client-1", 80);
                return await shared.Mesh.LastAccessAsync("node-2", "server-2", "inbound");
            },
            r => r is not null && r["src.identity"] is null);
        Assert.Null(record!["src.identity"]);
    }

    [Fact]
    public async Task OtherNode_TheConnectionIsTunnelledAndBothIdentitiesAreKnown()
    {
        await ReachesAsync("meshed/client-1", 80);
        var record = await Eventually.GetAsync(
            () => shared.Mesh.LastAccessAsync("node-2", "server-2", "inbound"),
            r => r is not null && (string?)r["src.identity"] == "spiffe://cluster.local/ns/meshed/sa/client-1");
        Assert.Equal("spiffe://cluster.local/ns/meshed/sa/server-2", (string?)record!["dst.identity"]);
        Assert.NotNull(record["tunnel"]);
    }

    private async Task ReachesAsync(string client, int port) =>
        await Eventually.GetAsync(() => shared.Mesh.PeerAsync(client, "who", "server-2.meshed", $"{port}"), r => r.ExitCode == 0);

    private async Task RefusedAsync(string client, int port) =>
        await Eventually.GetAsync(() => shared.Mesh.PeerAsync(client, "who", "server-2.meshed", $"{port}"), r => r.ExitCode == 1);
}
