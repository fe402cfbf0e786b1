namespace NodeMesh.EndToEnd;

/// <summary>What dies and comes back: proxies, the control plane, pods, certificates. A mesh of its own.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.UpAsync($"{TestMesh.Prefix}-recovery", ["--proxy-option", "certificateLifetime=20s", "--control-option", "certificateLifetime=20s"], "pods.yaml");

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task KilledProxy_FailsClosedAndComesBack()
    {
        await ReachesAsync();
        var before = await _mesh.ProcessIdAsync("proxy", "node-2");
        (await Command.RunAsync("kill", ["-9", $"{before}"])).Expect();

        await Eventually.GetAsync(() => _mesh.ProcessIdAsync("proxy", "node-2"), pid => pid != before && pid > 0);
        await ReachesAsync();
    }

    [Fact]
    public async Task StoppedProxy_CapturedPodsSendNothingInTheClear()
    {
        var proxy = await _mesh.ProcessIdAsync("proxy", "node-1");
        (await Command.RunAsync("kill", ["-STOP", $"{proxy}"])).Expect();
        try
        {
            // plain/server-2 would answer anybody, so only capture can be what keeps this call from it. The kernel accepts for the stopped proxy, and nobody answers.
            const int EndedByTimeout = 124;
            var result = await _mesh.PeerAsync(TimeSpan.FromSeconds(4), "meshed/client-1", "who", await _mesh.AddressAsync("plain/server-2"), "7000");
            result.Expect(EndedByTimeout);
        }
        finally
        {
            (await Command.RunAsync("kill", ["-CONT", $"{proxy}"])).Expect();
        }

        await ReachesAsync();
    }

    [Fact]
    public async Task KilledControlPlane_TrafficGoesOnAndChangesArriveAfterItsReturn()
    {
        var load = _mesh.PeerAsync("meshed/client-1", "load", "server-2.meshed", "80", "8");
        var before = await _mesh.ProcessIdAsync("control", null);
        (await Command.RunAsync("kill", ["-9", $"{before}"])).Expect();
        (await load).Expect();

        await Eventually.GetAsync(() => _mesh.ProcessIdAsync("control", null), pid => pid != before && pid > 0);
        await using var policy = await AppliedPolicy.ApplyAsync(_mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: after-return, namespace: meshed}
            spec: {action: DENY, rules: [{from: [{source: {namespaces: [meshed]}}]}]}
            """);
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "who", "server-2.meshed", "80"), r => r.ExitCode == 1, TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Rotation_UnderLoad_BreaksNoConnection()
    {
        var before = await _mesh.SerialNumbersAsync("node-1");
        var held = _mesh.PeerAsync("meshed/client-1", "hold", "server-2.meshed", "80", "25");
        (await _mesh.PeerAsync("meshed/client-1", "load", "server-2.meshed", "80", "25")).Expect();
        Assert.EndsWith("held", (await held).Expect(), StringComparison.Ordinal);

        var after = await _mesh.SerialNumbersAsync("node-1");
        Assert.NotEmpty(before);
        Assert.Empty(before.Intersect(after));
    }

    [Fact]
    public async Task ReusedAddress_CarriesTheNewIdentityAndNeverTheOld()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(_mesh, """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: only-old, namespace: meshed}
            spec:
              selector: {matchLabels: {server: server-2}}
              rules: [{from: [{source: {serviceAccounts: [meshed/old]}}]}]
            """);
        var address = await CallerAsync("old", expected: 0);
        var reused = await CallerAsync("new", expected: 1);
        Assert.Equal(address, reused);
    }

    /// <summary>Makes a pod of that service account, calls server-2 and deletes the pod; its address, the lowest that is free, is the next pod's.</summary>
    private async Task<string> CallerAsync(string account, int expected)
    {
        var yaml = $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: {{account}}, namespace: meshed}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{account}}
              namespace: meshed
            spec:
              nodeName: node-1
              serviceAccountName: {{account}}
              containers: [{name: main, image: peer, args: [serve, "7000"]}]
            """;
        await using var pod = await AppliedPolicy.ApplyAsync(_mesh, yaml);
        await Eventually.GetAsync(() => _mesh.PeerAsync($"meshed/{account}", "who", "server-2.meshed", "80"), r => r.ExitCode == expected);
        return await _mesh.AddressAsync($"meshed/{account}");
    }

    private async Task ReachesAsync() =>
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "who", "server-2.meshed", "80"), r => r.ExitCode == 0, TimeSpan.FromSeconds(40));
}
