using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>Messages between applications and the proxy move in the kernel, within a node and between two. A mesh of its own, as a proxy is killed.</summary>
public sealed class InKernelLegTests : IAsyncLifetime
{
    private const long Bytes = 100_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private LocalMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await LocalMesh.UpAsync("e2e-legs", ["--proxy-option", "inKernelForwarding=proxied"], "pods.yaml");

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task Transfer_WithProxiedForwarding_UsesTheLegsOfItsNode()
    {
        Check(await UsesLegsAsync("server-1", 2));
        Check(await UsesLegsAsync("server-2", 1));

        static void Check(JsonNode line)
        {
            Assert.Null(line["path"]);
            Assert.True((long)line["bytes_sent"]! >= Bytes);
            Assert.True((long)line["bytes_recv"]! >= Bytes);
        }
    }

    [Fact]
    public async Task KilledProxy_EndsItsConnectionsAndItsSuccessorUsesTheKernelAgain()
    {
        await Eventually.GetAsync(() => _mesh.PeerAsync("meshed/client-1", "who", "server-1.meshed", "80"), r => r.ExitCode == 0, Limit);
        var load = _mesh.PeerAsync("meshed/client-1", "hold", "server-1.meshed", "80", "60");
        await Eventually.GetAsync(
            () => LocalMesh.NodeMeshAsync("proxy-config", "connection", "node-1", "--mesh", _mesh.Name),
            r => r.ExitCode == 0 && r.Output.Contains("same_node", StringComparison.Ordinal),
            Limit);
        var before = await _mesh.ProcessIdAsync("proxy", "node-1");
        (await Command.RunAsync("kill", ["-9", $"{before}"])).Expect();

        Assert.NotEqual(0, (await load).ExitCode);
        await Eventually.GetAsync(() => _mesh.ProcessIdAsync("proxy", "node-1"), pid => pid != before && pid > 0, Limit);
        await UsesLegsAsync("server-1", 2);
    }

    /// <summary>Transfers until one has had so many legs in the kernel: on a busy machine it may be over before they are.</summary>
    private async Task<JsonNode> UsesLegsAsync(string server, int legs)
    {
        var line = await Eventually.GetAsync(
            async () =>
            {
                var transfer = await _mesh.PeerAsync("meshed/client-1", "duplex", $"{server}.meshed", "80", $"{Bytes}");
                return transfer.ExitCode != 0 ? null : (await _mesh.AccessAsync("node-1", server, "outbound")).FirstOrDefault(l => (int?)l["kernel_legs"] == legs);
            },
            l => l is not null,
            TimeSpan.FromSeconds(90));
        return line!;
    }
}
