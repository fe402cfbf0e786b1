namespace NodeMesh.EndToEnd;

/// <summary>Connections within a node, forwarded in the kernel. A mesh of its own, as a proxy is killed.</summary>
public sealed class InKernelTests : IAsyncLifetime
{
    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.UpAsync("e2e-kernel", "pods.yaml");

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task SameNode_MovesInTheKernelAndTheLogSaysHowMuch()
    {
        const long Bytes = 200_000_000;
        (await _mesh.PeerAsync("meshed/client-1", "duplex", "server-1.meshed", "80", $"{Bytes}")).Expect();

        var line = await Eventually.GetAsync(
            async () => (await _mesh.AccessAsync("node-1", "server-1", "outbound")).FirstOrDefault(l => (long?)l["bytes_recv"] >= Bytes),
            l => l is not null);
        Assert.Equal("kernel", (string?)line!["path"]);
        Assert.InRange((long)line["kernel_bytes"]!, 1, 3 * Bytes);
        Assert.True((long)line["bytes_sent"]! >= Bytes);

        // The command waits for a proxy's answer for a few seconds only, which a busy machine may take.
        await Eventually.GetAsync(
            () => _mesh.QueryAsync("proxy-status"),
            r => r.ExitCode == 0 && r.Output.Contains(" on ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SameNode_ApplicationWithProcessNumbersOfItsOwn_MovesInTheKernel()
    {
        // As every container has; a pod of a local mesh shares the machine's.
        const long Bytes = 20_000_000;
        (await _mesh.ExecAsync("meshed/client-1", ["unshare", "--pid", "--fork", Command.Bin("tests/peer"), "duplex", "server-1.meshed", "80", $"{Bytes}"])).Expect();

        var line = await Eventually.GetAsync(
            async () => (await _mesh.AccessAsync("node-1", "server-1", "outbound")).FirstOrDefault(l => (long?)l["bytes_recv"] >= Bytes),
            l => l is not null);
        Assert.Equal("kernel", (string?)line!["path"]);
    }

    [Fact]
    public async Task KilledProxy_EndsItsConnectionsAndItsSuccessorForwardsInTheKernelAgain()
    {
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "who", "server-1.meshed", "80"), r => r.ExitCode == 0, TimeSpan.FromSeconds(40));
        var load = _mesh.PeerAsync("meshed/client-1", "hold", "server-1.meshed", "80", "60");
        await Eventually.GetAsync(
            () => _mesh.QueryAsync("proxy-config", "connection", "node-1"),
            r => r.ExitCode == 0 && r.Output.Contains("same_node", StringComparison.Ordinal),
            TimeSpan.FromSeconds(40));
        var before = await _mesh.ProcessIdAsync("proxy", "node-1");
        (await Command.RunAsync("kill", ["-9", $"{before}"])).Expect();

        Assert.NotEqual(0, (await load).ExitCode);
        await Eventually.GetAsync(() => _mesh.ProcessIdAsync("proxy", "node-1"), pid => pid != before && pid > 0, TimeSpan.FromSeconds(40));
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "duplex", "server-1.meshed", "80", "20000000"), r => r.ExitCode == 0, TimeSpan.FromSeconds(40));
        await Eventually.GetAsync(
            async () => (await _mesh.AccessAsync("node-1", "server-1", "outbound")).LastOrDefault(),
            l => (string?)l?["path"] == "kernel");
    }
}
