using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>A node with in-kernel forwarding and two pods; the tests of a class share it and make connections of their own.</summary>
public class AccelerationFixture : IAsyncLifetime
{
    /// <summary>Whether every byte passes the proxy, and only the legs to it are in the kernel.</summary>
    internal virtual bool IsProxied => false;

    /// <summary>Pairs of one connection.</summary>
    internal int PairsOfOne => IsProxied ? 2 : 1;

    internal KernelForwarding Forwarding { get; private set; } = null!;

    internal TestMesh Mesh { get; private set; } = null!;

    internal TestPod Client { get; private set; } = null!;

    internal TestPod Server { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, CancellationToken.None);
        Mesh = await TestMesh.CreateAsync(forwarding: Forwarding, isProxied: IsProxied);
        Client = await Mesh.AddPodAsync("client", 1, 2);
        Server = await Mesh.AddPodAsync("server", 1, 3);
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        await Forwarding.DisposeAsync();
    }

    /// <summary>A connection between the pods, on a port of its own, on the ordinary path so far.</summary>
    /// <param name="clientPort">The client's port; 0 where the kernel may choose.</param>
    internal async Task<AcceleratedConnection> ConnectAsync(int clientPort = 0)
    {
        using var listener = await Server.ListenAsync(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var client = await Client.ConnectAsync(Server.Address, port, fromPort: clientPort);
        var server = await TestMesh.AcceptAsync(listener);
        ConnectionRecord? record = null;
        await Eventually.TrueAsync(
            () => (record = Mesh.Node1.DataPath.Connections.Live.FirstOrDefault(r => r.Direction == ConnectionDirection.Outbound && r.Destination.Port == port && r.IsAdmitted)) is not null,
            "the proxy has no record of the connection");
        var connection = new AcceleratedConnection(client, server, record!);
        Assert.True(connection.HasPairs, "the connection takes no part in forwarding in the kernel");
        return connection;
    }

    /// <summary>A connection that has moved messages in the kernel both ways.</summary>
    internal async Task<AcceleratedConnection> ConnectInKernelAsync()
    {
        var connection = await ConnectAsync();
        await connection.WarmUpAsync();
        return connection;
    }

    /// <summary>Waits until no map has an entry, and no pair a place.</summary>
    internal async Task AssertNothingLeftAsync()
    {
        await Eventually.TrueAsync(() => Forwarding.CountEntries() == default, "a map has entries of connections that have ended");
    }
}
