using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>Messages between applications and the proxy move in the kernel, within a node and between two. A mesh of its own, as a proxy is killed.</summary>
public sealed class InKernelLegTests : IAsyncLifetime
{
    private const long Bytes = 100_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.UpAsync("e2e-legs", ["--proxy-option", "inKernelForwarding=proxied"], "pods.yaml");

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task Transfer_WithProxiedForwarding_UsesBothLegsWithinANodeAndNoneThroughATunnel()
    {
        Check(await UsesLegsAsync("server-1", 2));

        // A proxy that encrypts what is sent in bulk is served better by TCP.
        (await TransferAsync("server-2")).Expect();
        var line = await Eventually.GetAsync(
            async () => (await _mesh.AccessAsync("node-1", "server-2", "outbound")).FirstOrDefault(l => (long?)l["bytes_sent"] >= Bytes), l => l is not null, Limit);
        Check(line!);
        Assert.Null(line!["kernel_legs"]);

        static void Check(JsonNode line)
        {
            Assert.Null(line["path"]);
            Assert.True((long)line["bytes_sent"]! >= Bytes);
            Assert.True((long)line["bytes_recv"]! >= Bytes);
        }
    }

    [Fact]
    public async Task SmallMessages_ThroughATunnel_UseTheLegOfTheirNode() =>
        await UsesLegsAsync("server-2", 1, () => _mesh.PeerAsync("meshed/client-1", "hold", "server-2.meshed", "80", "5"));

    [Fact]
    public async Task KilledProxy_EndsItsConnectionsAndItsSuccessorUsesTheKernelAgain()
    {
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "who", "server-1.meshed", "80"), r => r.ExitCode == 0, Limit);
        var load = _mesh.PeerAsync("meshed/client-1", "hold", "server-1.meshed", "80", "60");
        await Eventually.GetAsync(
            () => _mesh.QueryAsync("proxy-config", "connection", "node-1"),
            r => r.ExitCode == 0 && r.Output.Contains("same_node", StringComparison.Ordinal),
            Limit);
        var before = await _mesh.ProcessIdAsync("proxy", "node-1");
        (await Command.RunAsync("kill", ["-9", $"{before}"])).Expect();

        Assert.NotEqual(0, (await load).ExitCode);
        await Eventually.GetAsync(() => _mesh.ProcessIdAsync("proxy", "node-1"), pid => pid != before && pid > 0, Limit);
        await UsesLegsAsync("server-1", 2);
    }

    private Task<CommandResult> TransferAsync(string server) => _mesh.PeerAsync("meshed/client-1", "duplex", $"{server}.meshed", "80", $"{Bytes}");

    /// <summary>Makes connections, which transfer much unless something else is said, until one has had so many legs in the kernel: on a busy machine it may be over before they are.</summary>
    private async Task<JsonNode> UsesLegsAsync(string server, int legs, Func<Task<CommandResult>>? use = null)
    {
        var line = await Eventually.GetAsync(
            async () =>
            {
                var result = await (use?.Invoke() ?? TransferAsync(server));
                return result.ExitCode != 0 ? null : (await _mesh.AccessAsync("node-1", server, "outbound")).FirstOrDefault(l => (int?)l["kernel_legs"] == legs);
            },
            l => l is not null,
            TimeSpan.FromSeconds(90));
        return line!;
    }
}
