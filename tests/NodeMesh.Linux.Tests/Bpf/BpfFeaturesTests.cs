using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Cgroups;

namespace NodeMesh.Linux.Tests.Bpf;

public sealed class BpfFeaturesTests
{
    /// <summary><c>BPF_FUNC_sk_storage_get</c>.</summary>
    private const int SocketStorageGet = 107;

    /// <summary><c>BPF_FUNC_bind</c>.</summary>
    private const int Bind = 64;

    /// <summary><c>BPF_FUNC_msg_redirect_hash</c>.</summary>
    private const int MessageRedirectHash = 71;

    [Fact]
    public void Supports_KindsThatThisKernelHas_IsTrue()
    {
        Assert.True(BpfFeatures.HasLibrary);
        Assert.True(BpfFeatures.HasKernelTypes);
        Assert.True(BpfFeatures.Supports(BpfProgramType.SocketLookup));
        Assert.True(BpfFeatures.Supports(BpfProgramType.SocketMessage));
        Assert.True(BpfFeatures.Supports(BpfMapType.SocketStorage));
        Assert.True(BpfFeatures.Supports(BpfMapType.RingBuffer));
        Assert.True(BpfFeatures.Supports(BpfProgramType.CgroupSocketAddress, SocketStorageGet));
    }

    [Fact]
    public void Supports_HelperOfOtherPrograms_IsFalse()
    {
        Assert.True(BpfFeatures.Supports(BpfProgramType.SocketMessage, MessageRedirectHash));
        Assert.False(BpfFeatures.Supports(BpfProgramType.SocketFilter, MessageRedirectHash));
        Assert.False(BpfFeatures.Supports(BpfProgramType.SocketFilter, 100_000));
        Assert.True(BpfFeatures.Supports(BpfProgramType.CgroupSocketAddress, Bind, BpfAttachType.CgroupInet6Connect));
        Assert.False(BpfFeatures.Supports(BpfProgramType.CgroupSocketAddress, Bind, BpfAttachType.CgroupUdp4SendMessage));
    }

    [Fact]
    public void TryAttach_PossiblePlaces_LeavesNothing()
    {
        var group = CgroupHierarchy.Require().Create(string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-probe"));
        try
        {
            using var directory = group.OpenDirectory();
            Assert.Null(BpfFeatures.TryAttach(BpfProgramType.CgroupSocketAddress, BpfAttachType.CgroupInet4Connect, directory));
            Assert.Null(BpfFeatures.TryAttach(BpfProgramType.CgroupSocketAddress, BpfAttachType.CgroupInet6GetPeerName, directory));
            Assert.Null(BpfFeatures.TryAttach(BpfProgramType.SocketOperations, BpfAttachType.CgroupSocketOperations, directory));
            Assert.Empty(BpfInventory.AttachedTo(directory, BpfAttachType.CgroupInet4Connect));
        }
        finally
        {
            Directory.Delete(group.Path);
        }
    }

    [Fact]
    public void TryAttach_ImpossiblePlace_SaysWhyNot()
    {
        using var here = File.OpenHandle("/proc/self/exe");
        var failure = BpfFeatures.TryAttach(BpfProgramType.CgroupSocketAddress, BpfAttachType.CgroupInet4Connect, here);
        Assert.NotNull(failure);
        Assert.Contains("attaching", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileSystem_Directories_AreMadeAndRemovedOnlyThere()
    {
        using var pins = new BpfPinDirectory();
        BpfFileSystem.CreateDirectory(pins.File("a/b"));
        Assert.True(BpfFileSystem.Contains(pins.File("a/b")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(pins.File("a/b")).UnixFileMode);
        using (var map = BpfMap<uint, uint>.Create(BpfMapType.Array, "nmt_pin", 1))
        {
            map.Pin(pins.File("a/b/map"));
            map.Pin(pins.File("map"));
        }

        Assert.True(BpfFileSystem.Remove(pins.File("map")));
        Assert.False(BpfFileSystem.Remove(pins.File("map")));
        BpfFileSystem.RemoveTree(pins.File("a"));
        Assert.False(Directory.Exists(pins.File("a")));
        BpfFileSystem.RemoveTree(pins.File("a"));

        var elsewhere = Directory.CreateTempSubdirectory("nmt-");
        Assert.Throws<BpfException>(() => BpfFileSystem.RemoveTree(elsewhere.FullName));
        Assert.Throws<BpfException>(() => BpfFileSystem.RemoveTree(BpfFileSystem.DefaultPath));
        Assert.Throws<BpfException>(() => BpfFileSystem.CreateDirectory($"{elsewhere.FullName}/x"));
        elsewhere.Delete();
    }

    [Fact]
    public void Log_FailingLoad_ReachesTheLogger()
    {
        var logger = new ListLogger();
        BpfLog.WriteTo(logger);
        using var refused = BpfTestObjects.Open("refused");

        Assert.Throws<BpfException>(refused.Load);

        Assert.Contains(logger.Lines, l => l.Contains("BPF program load failed", StringComparison.Ordinal));
    }

    private sealed class ListLogger : ILogger
    {
        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}
