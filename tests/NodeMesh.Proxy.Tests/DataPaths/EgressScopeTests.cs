using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>What a Sidecar lets a client reach.</summary>
public sealed class EgressScopeTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task UnknownDestination_IsRefusedAsTheWorkloadSays(bool? registryOnly, bool isRefused)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        var outside = await mesh.AddPodAsync("outside", 0, 9);
        using var listener = await outside.ListenAsync(8080);
        mesh.State.Apply(new ModelChange { Workloads = [client.Workload with { Egress = new EgressScope { RegistryOnly = registryOnly } }] });
        if (isRefused)
        {
            await TestMesh.AssertRefusedAsync(client, outside.Address, 8080);
            await Eventually.TrueAsync(() => mesh.Node1.Records.Ended.Any(r => r.EndReason == ConnectionEndReason.UnknownDestination), "no connection was refused as unknown");
            return;
        }

        using var socket = await client.ConnectAsync(outside.Address, 8080);
        using var accepted = await TestMesh.AcceptAsync(listener);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task HiddenService_WithRegistryOnly_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        var server = await mesh.AddPodAsync("server", 1, 3);
        mesh.Expose(server);
        using var listener = await server.ListenAsync(8080);
        mesh.State.Apply(new ModelChange { Workloads = [client.Workload with { Egress = new EgressScope { RegistryOnly = true, Hosts = [new EgressHost("elsewhere", "*")] } }] });
        await TestMesh.AssertRefusedAsync(client, TestMesh.Vip, 80);

        mesh.State.Apply(new ModelChange { Workloads = [client.Workload with { Egress = new EgressScope { RegistryOnly = true, Hosts = [new EgressHost("shop", "*")] } }] });
        using var socket = await client.ConnectAsync(TestMesh.Vip, 80);
        using var accepted = await TestMesh.AcceptAsync(listener);
        Assert.True(accepted.Connected);
    }
}
