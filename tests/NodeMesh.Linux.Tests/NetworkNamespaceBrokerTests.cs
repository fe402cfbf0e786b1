using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Testing;

namespace NodeMesh.Linux.Tests;

public sealed class NetworkNamespaceBrokerTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task CreateSocket_InANamespace_ActsThereFromAnyThread()
    {
        await using var network = await TestNetwork.CreateAsync();
        var (left, right) = (await network.AddAsync("left"), await network.AddAsync("right"));
        await network.ConnectAsync(left, ["10.78.0.1/24"], right, ["10.78.0.2/24"]);
        using var broker = new NetworkNamespaceBroker();
        using var leftNs = NetworkNamespace.Open(left.Path);
        using var rightNs = NetworkNamespace.Open(right.Path);

        using var server = await broker.CreateSocketAsync(rightNs, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
        server.Bind(new IPEndPoint(IPAddress.Parse("10.78.0.2"), 8080));
        server.Listen(1);
        using var client = await broker.CreateSocketAsync(leftNs, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.78.0.2"), 8080), Deadline);
        using var accepted = await server.AcceptAsync(Deadline);

        Assert.Equal(IPAddress.Parse("10.78.0.1"), ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        Assert.Equal(accepted.GetNetworkNamespaceCookie(), server.GetNetworkNamespaceCookie());
        Assert.NotEqual(client.GetNetworkNamespaceCookie(), server.GetNetworkNamespaceCookie());
    }

    [Fact(Timeout = 60_000)]
    public async Task CreateStreams_InANamespace_GivesAsManyOfItsSockets()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var ns = NetworkNamespace.Open((await network.AddAsync("only")).Path);
        using var broker = new NetworkNamespaceBroker();
        using var single = await broker.CreateSocketAsync(ns, AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp, Deadline);

        var sockets = await broker.CreateStreamsAsync(ns, AddressFamily.InterNetworkV6, 20, Deadline);

        Assert.Equal(20, sockets.Length);
        Assert.Equal(20, sockets.Select(s => s.GetCookie()).Distinct().Count());
        Assert.All(sockets, s => Assert.Equal(single.GetNetworkNamespaceCookie(), s.GetNetworkNamespaceCookie()));
        Assert.Empty(broker.FindStrayThreads());
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task CreateStreams_InANamespaceThatWasClosed_Fails()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var broker = new NetworkNamespaceBroker();
        var ns = NetworkNamespace.Open((await network.AddAsync("gone")).Path);
        ns.Dispose();

        await Assert.ThrowsAsync<NetworkNamespaceException>(() => broker.CreateStreamsAsync(ns, AddressFamily.InterNetwork, 2, Deadline));
    }

    [Fact(Timeout = 120_000)]
    public async Task FindStrayThreads_AfterManyCallsUnderLoad_FindsNone()
    {
        await using var network = await TestNetwork.CreateAsync();
        var namespaces = new List<NetworkNamespace>();
        for (var i = 0; i < 3; i++)
        {
            namespaces.Add(NetworkNamespace.Open((await network.AddAsync($"n{i}")).Path));
        }

        using var broker = new NetworkNamespaceBroker();
        // Pool threads, timers and collections come and go meanwhile: each could have been born in the wrong place.
        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Deadline }, async (i, ct) =>
        {
            using var socket = await broker.CreateSocketAsync(namespaces[i % 3], AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp, ct);
            await Task.Yield();
            if (i % 100 == 0)
            {
                GC.Collect();
                await Task.Delay(TimeSpan.FromMilliseconds(1), ct);
            }
        });

        Assert.Empty(broker.FindStrayThreads());
        namespaces.ForEach(n => n.Dispose());
    }

    [Fact(Timeout = 60_000)]
    public async Task FindStrayThreads_WithAThreadElsewhere_FindsIt()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var ns = NetworkNamespace.Open((await network.AddAsync("n")).Path);
        using var broker = new NetworkNamespaceBroker();
        using var entered = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var stray = new Thread(() =>
        {
            Assert.Equal(0, SetNamespace((int)ns.Handle.DangerousGetHandle(), Interop.LibC.CloneNewNet));
            entered.Set();
            end.Wait();
        });
        stray.Start();
        entered.Wait(Deadline);
        var found = broker.FindStrayThreads();
        end.Set();
        stray.Join();

        Assert.Single(found);
    }

    [Fact(Timeout = 60_000)]
    public async Task FindStrayThreads_WhileAnotherBrokerIsAway_FindsNone()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var ns = NetworkNamespace.Open((await network.AddAsync("n")).Path);
        using var watching = new NetworkNamespaceBroker();
        using var busy = new NetworkNamespaceBroker();
        var found = 0;
        var orders = Enumerable.Range(0, 5000).Select(_ => busy.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp, Deadline)).ToList();
        while (!orders[^1].IsCompleted)
        {
            found += watching.FindStrayThreads().Count;
        }

        foreach (var order in orders)
        {
            (await order).Dispose();
        }

        Assert.Equal(0, found);
    }

    [Fact(Timeout = 60_000)]
    public async Task CreateSocket_AfterTheNamespaceLostItsName_StillWorks()
    {
        using var broker = new NetworkNamespaceBroker();
        NetworkNamespace ns;
        string path;
        await using (var network = await TestNetwork.CreateAsync())
        {
            path = (await network.AddAsync("gone")).Path;
            ns = NetworkNamespace.Open(path);
        }

        using (ns)
        {
            using var socket = await broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp, Deadline);
            Assert.NotEqual(broker.Home, ns.Id);
        }

        Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Open(path));
        await Assert.ThrowsAsync<NetworkNamespaceException>(
            () => broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp, Deadline));
    }

    [Fact]
    public void Open_OfAnOrdinaryFile_SaysWhatItIsNot()
    {
        var error = Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Open("/etc/hostname"));

        Assert.Contains("/etc/hostname is not a network namespace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAnotherKindOfNamespace_IsRefused() => Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Open("/proc/self/ns/uts"));

    [Fact]
    public void Id_OfOneNamespaceByTwoPaths_IsTheSame()
    {
        using var current = NetworkNamespace.OpenCurrent();
        using var byPid = NetworkNamespace.Open($"/proc/{Environment.ProcessId}/ns/net");

        Assert.Equal(current.Id, byPid.Id);
    }

    [Fact]
    public async Task CreateSocket_AfterDispose_Throws()
    {
        using var ns = NetworkNamespace.OpenCurrent();
        var broker = new NetworkNamespaceBroker();
        broker.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, Deadline));
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int descriptor, int kind);
}
