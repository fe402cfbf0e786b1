using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Testing;

namespace NodeMesh.Capture.Tests;

/// <summary>Sockets made in advance.</summary>
public sealed class PodSocketStockTests
{
    // Stands still: whatever is asked for comes soon after what was asked for before.
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Stock_AfterAFirstRequest_HasMarkedSocketsOfThePod()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open((await network.AddAsync("pod")).Path);
        using var other = await broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
        using var stock = new PodSocketStock(broker, ns, AddressFamily.InterNetwork, _time);
        Assert.Equal(0, stock.Count);

        using var made = stock.TryTake() ?? await stock.MakeAsync(Deadline);
        await UntilAsync(() => stock.Count > 0);
        using var taken = stock.TryTake();

        Assert.NotNull(taken);
        Assert.Equal(other.GetNetworkNamespaceCookie(), taken.GetNetworkNamespaceCookie());
        using var socket = taken.ToSocket();
        Assert.Equal(CaptureMarks.Proxy, socket.GetMark());
        Assert.True(socket.NoDelay);
        using var first = made.ToSocket();
        Assert.Equal(CaptureMarks.Proxy, first.GetMark());
    }

    [Fact(Timeout = 60_000)]
    public async Task Stock_ThatIsAskedOften_GrowsToItsLimit()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open((await network.AddAsync("pod")).Path);
        using var stock = new PodSocketStock(broker, ns, AddressFamily.InterNetwork, _time);

        var most = 0;
        await UntilAsync(() =>
        {
            stock.TryTake()?.Dispose();
            most = Math.Max(most, stock.Count);
            return most > PodSocketStock.Most / 2;
        });
        Assert.InRange(most, PodSocketStock.Most / 2, PodSocketStock.Most * 3 / 2);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stock_ThatIsDisposed_KeepsNoSocket()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var broker = new NetworkNamespaceBroker();
        using var ns = NetworkNamespace.Open((await network.AddAsync("pod")).Path);
        var stock = new PodSocketStock(broker, ns, AddressFamily.InterNetwork, _time);
        stock.TryTake()?.Dispose();
        await UntilAsync(() => stock.Count > 0);

        stock.Dispose();

        Assert.Equal(0, stock.Count);
        Assert.Null(stock.TryTake());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Deadline);
        }
    }
}
