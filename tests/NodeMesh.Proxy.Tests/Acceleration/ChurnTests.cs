using System.Net.Sockets;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Connections that come and go, and policies that do.</summary>
[Collection(AccelerationCollection.Name)]
public class ChurnTests(AccelerationFixture fixture)
{
    private const int RedisPort = 6379;
    private const int EchoPort = 8090;
    private static readonly PolicyMatch Nobody = new() { NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HundredThousandShortConnections_LeaveNoEntryInAnyMap()
    {
        const int Connections = 100_000;
        foreach (var pod in new[] { fixture.Client, fixture.Server })
        {
            // Ports of closed connections are to be had again at once.
            await pod.Inside.RunAsync("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=500");
        }

        fixture.Mesh.Node1.Records.IsKeeping = false;
        var redis = fixture.Server.Inside.Start("redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", "--port", $"{RedisPort}");
        try
        {
            await Eventually.TrueAsync(() => fixture.Client.Inside.TryRunAsync("redis-cli", "-h", $"{fixture.Server.Address}", "ping").Result.Output.StartsWith("PONG", StringComparison.Ordinal), "redis does not answer");
            var result = await fixture.Client.Inside.RunAsync("redis-benchmark", "-h", $"{fixture.Server.Address}", "-k", "0", "-c", "50", "-n", $"{Connections}", "-t", "ping_mbulk", "-q");
            Assert.Contains("requests per second", result, StringComparison.Ordinal);
        }
        finally
        {
            redis.Kill();
            fixture.Mesh.Node1.Records.IsKeeping = true;
        }

        // The benchmark has its last answers before the proxy has seen their connections close.
        await Eventually.TrueAsync(() => fixture.Mesh.Node1.Records.Count >= 2 * Connections, "the connections did not go through the proxy");
        await Eventually.TrueAsync(() => fixture.Mesh.Node1.DataPath.Connections.Count == 0, "connections are open");
        await fixture.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task PolicyThatFlips_UnderLoad_RefusesAndAllowsAndSpoilsNothing()
    {
        const int Flips = 40;
        const int Clients = 8;
        using var listener = await fixture.Server.ListenAsync(EchoPort);
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, stop.Token);
        var counts = new int[2];
        var clients = Enumerable.Range(0, Clients).Select(i => CallAsync(i, counts, stop.Token)).ToArray();

        for (var i = 0; i < Flips; i++)
        {
            fixture.Mesh.Apply(TestMesh.Deny("flip", i % 2 == 0 ? new PolicyMatch { DestinationPorts = [EchoPort] } : Nobody));
            await Task.Delay(100, Ct);
        }

        var late = fixture.Mesh.Node1.Records.Ended.Count(r => r.EndReason == ConnectionEndReason.PolicyDeniedLate);
        var (answered, broken) = (Volatile.Read(ref counts[0]), Volatile.Read(ref counts[1]));
        await Eventually.TrueAsync(() => Volatile.Read(ref counts[0]) > answered + Clients, "nothing is answered once the policy allows it again");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        listener.Dispose();
        await serving;
        Assert.True(late > 0, "no live connection was refused");
        Assert.True(broken > 0, "no client noticed");
        fixture.Mesh.State.Apply(new ModelChange { RemovedPolicies = [new NamespacedName("shop", "flip")] });
        await Eventually.TrueAsync(() => fixture.Mesh.Node1.DataPath.Connections.Count == 0, "connections are open");
        await fixture.AssertNothingLeftAsync();
    }

    /// <summary>Sends and checks answers until it is told to stop; a refused or reset connection is made anew.</summary>
    private async Task CallAsync(int seed, int[] counts, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await fixture.Client.ConnectAsync(fixture.Server.Address, EchoPort);
                while (!stop.IsCancellationRequested)
                {
                    var message = new byte[random.Next(1, 20_000)];
                    random.NextBytes(message);
                    await socket.SendAsync(message, Ct);
                    Assert.Equal(message, await AcceleratedConnection.ReadExactlyAsync(socket, message.Length, Ct));
                    Interlocked.Increment(ref counts[0]);
                }
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref counts[1]);
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }

    private static async Task ServeAsync(Socket listener, CancellationToken stop)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(EchoAsync(await listener.AcceptAsync(stop)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        using var owned = socket;
        var buffer = new byte[20_000];
        try
        {
            while (await socket.ReceiveAsync(buffer, Ct) is var count and > 0)
            {
                await socket.SendAsync(buffer.AsMemory(0, count), Ct);
            }
        }
        catch (SocketException)
        {
            // Refused.
        }
    }
}
