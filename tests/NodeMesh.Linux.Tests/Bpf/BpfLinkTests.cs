using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Testing;

namespace NodeMesh.Linux.Tests.Bpf;

public sealed class BpfLinkTests : IDisposable
{
    private static int _count;
    private readonly BpfObject _object = BpfTestObjects.Load("attach");
    private readonly Cgroup _group = CgroupHierarchy.Require().Create(
        string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-bpf{Interlocked.Increment(ref _count)}"));

    public void Dispose()
    {
        _object.Dispose();
        Directory.Delete(_group.Path);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cgroup_AttachAndDispose_IsThereAndGone()
    {
        using var directory = _group.OpenDirectory();
        using (var link = _object.Program("connect4").AttachCgroup(directory))
        {
            var program = Assert.Single(BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect));
            Assert.Equal("connect4", program.Name);
            Assert.Equal(BpfLinkType.Cgroup, link.Info.Type);
            Assert.Equal(program.Id, link.Info.ProgramId);
            Assert.Equal(BpfAttachType.CgroupInet4Connect, link.Info.AttachType);
            Assert.NotEqual(0ul, link.Info.CgroupId);
            Assert.Contains(BpfInventory.Links(), l => l.Id == link.Info.Id);
        }

        await DetachedAsync(directory);
    }

    [Fact]
    public async Task Cgroup_Attached_RefusesWhatTheProgramRefuses()
    {
        using var directory = _group.OpenDirectory();
        using var link = _object.Program("connect4").AttachCgroup(directory);

        var refused = await ConnectInGroupAsync();
        Assert.Contains("Operation not permitted", refused.Error, StringComparison.Ordinal);

        link.Detach();
        var passed = await ConnectInGroupAsync();
        Assert.Contains("Connection refused", passed.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task PinnedLink_WithoutItsObject_StaysAttachedUntilRemoved()
    {
        using var pins = new BpfPinDirectory();
        using var directory = _group.OpenDirectory();
        var path = pins.File("connect4");
        using (var own = BpfTestObjects.Load("attach"))
        using (var link = own.Program("connect4").AttachCgroup(directory))
        {
            link.Pin(path);
        }

        Assert.Single(BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect));
        using (var again = BpfLink.OpenPinned(path))
        {
            var before = again.Info.ProgramId;
            again.Update(_object.Program("connect4"));
            Assert.NotEqual(before, again.Info.ProgramId);
            again.Unpin();
        }

        Assert.False(File.Exists(path));
        await DetachedAsync(directory);
    }

    [Fact]
    public void StaleLink_FoundByItsProgram_CanBeDetached()
    {
        using var pins = new BpfPinDirectory();
        using var directory = _group.OpenDirectory();
        using (var link = _object.Program("connect4").AttachCgroup(directory))
        {
            link.Pin(pins.File("stale"));
        }

        var tag = _object.Program("connect4").Info.Tag;
        var stale = BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect).Where(p => p.Tag == tag).Select(p => p.Id).ToHashSet();
        foreach (var info in BpfInventory.Links().Where(l => stale.Contains(l.ProgramId)))
        {
            using var link = BpfLink.OpenById(info.Id);
            link.Detach();
        }

        Assert.Empty(BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect));
    }

    [Fact]
    public void SocketStorage_AfterConnect_HoldsWhatTheProgramSaw()
    {
        using var root = CgroupHierarchy.Require().OpenRoot();
        using var storage = _object.SocketStorage<Mark>("marks");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.False(storage.TryGetValue(client.SafeHandle, out _));

        using (_object.Program("connect4").AttachCgroup(root))
        {
            client.Connect(IPAddress.Loopback, port);
        }

        Assert.True(storage.TryGetValue(client.SafeHandle, out var mark));
        Assert.Equal((uint)port, mark.Port);
        Assert.NotEqual(0ul, mark.Cookie);
        storage.Set(client.SafeHandle, mark with { Seen = 1 });
        Assert.True(storage.TryGetValue(client.SafeHandle, out mark));
        Assert.Equal(1u, mark.Seen);
        Assert.True(storage.Delete(client.SafeHandle));
        Assert.False(storage.Delete(client.SafeHandle));
    }

    [Fact]
    public async Task NetworkNamespace_LookupProgram_SteersToTheListenerInTheMap()
    {
        await using var network = await TestNetwork.CreateAsync();
        var pod = await network.AddAsync("pod");
        using var ns = NetworkNamespace.Open(pod.Path);
        using var broker = new NetworkNamespaceBroker();
        using var listeners = _object.SocketMap<uint>("listeners");
        using var listener = await broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var link = _object.Program("steer").AttachNetworkNamespace(ns);
        Assert.Equal(BpfAttachType.SocketLookup, link.Info.AttachType);
        Assert.Equal(ns.Id.Inode, link.Info.NetworkNamespaceInode);

        using var client = await broker.CreateSocketAsync(ns, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp, CancellationToken.None);
        listeners.Set(0, listener.SafeHandle);
        await client.ConnectAsync(IPAddress.Loopback, 4242);
        using var accepted = await listener.AcceptAsync();

        Assert.Equal(4242, ((IPEndPoint)accepted.LocalEndPoint!).Port);
    }

    [Fact]
    public void TestRun_LookupProgramWithoutListener_Drops()
    {
        // struct bpf_sk_lookup of a TCP connection over IPv4: family at 8, protocol at 12.
        var context = new byte[72];
        context[8] = 2;
        context[12] = 6;

        Assert.Equal(0u, _object.Program("steer").TestRun([], context).ReturnValue);
    }

    [Fact]
    public async Task SockMap_MessageProgram_RefusesAndLetsGo()
    {
        using var sockets = _object.SocketMap<ulong>("sockets");
        var program = _object.Program("refuse");
        program.AttachSockMap(sockets, BpfAttachType.SocketMessageVerdict);
        await using var pair = await ConnectedPair.CreateAsync();
        sockets.Set(1, pair.Peer.SafeHandle, BpfUpdateMode.Add);
        Assert.True(sockets.TryGetCookie(1, out var cookie));
        Assert.NotEqual(0ul, cookie);
        Assert.Equal([1ul], sockets.EnumerateKeys());
        Assert.Equal("refuse", Assert.Single(BpfInventory.AttachedTo(sockets, BpfAttachType.SocketMessageVerdict)).Name);

        var refused = Assert.Throws<SocketException>(() => pair.Peer.Send([1]));
        Assert.Equal(SocketError.AccessDenied, refused.SocketErrorCode);

        Assert.True(sockets.Delete(1));
        Assert.False(sockets.Delete(1));
        Assert.Equal(1, pair.Peer.Send([1]));
        program.DetachSockMap(sockets, BpfAttachType.SocketMessageVerdict);
        Assert.Throws<BpfException>(() => program.DetachSockMap(sockets, BpfAttachType.SocketMessageVerdict));
    }

    /// <summary>
    /// Waits until nothing is attached any more. A pin that is removed lets go of its link after an RCU grace period, and a process that another test starts
    /// has every descriptor until it executes its program.
    /// </summary>
    private static async Task DetachedAsync(SafeHandle directory)
    {
        while (BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect).Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The shell moves itself into the group and connects to port 9, where nobody listens.</summary>
    private Task<TestCommand> ConnectInGroupAsync() =>
        TestCommand.RunAsync("bash", ["-c", $"echo $$ > {_group.Path}/cgroup.procs; exec 3<>/dev/tcp/127.0.0.1/9"]);

    private record struct Mark(ulong Cookie, uint Port, uint Seen);
}
