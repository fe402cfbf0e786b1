using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Processes;

namespace NodeMesh.Capture.Forwarding;

/// <summary>
/// The programs and maps of in-kernel forwarding, loaded and attached. Nothing is pinned: a socket in the map holds its program, and that all maps, until it
/// closes; so what waits in it when this process is killed still reaches its reader.
/// </summary>
internal sealed class ForwardingTables : IDisposable
{
    private readonly BpfObject _object;
    private readonly List<IDisposable> _parts = [];

    private ForwardingTables(BpfObject programs) => _object = programs;

    /// <summary>Network namespaces of the pods that take part.</summary>
    internal BpfMap<ulong, ForwardNotes> Namespaces { get; private set; } = null!;

    /// <summary>Marks the proxy's sockets that deliver to an application.</summary>
    internal BpfSocketStorage<uint> Deliverers { get; private set; } = null!;

    /// <summary>Deliveries between connect and accept.</summary>
    internal BpfMap<ForwardEndKey, uint> Deliveries { get; private set; } = null!;

    /// <summary>Established ends that nobody has claimed.</summary>
    internal BpfMap<ForwardEndKey, ForwardEnd> Ends { get; private set; } = null!;

    /// <summary>Applications' ends of legs that are looked for.</summary>
    internal BpfMap<ForwardEndKey, uint> Wanted { get; private set; } = null!;

    /// <summary>The sockets that messages are redirected between.</summary>
    internal BpfSocketMap<ulong> Sockets { get; private set; } = null!;

    /// <summary>Which direction a paired socket sends in.</summary>
    internal BpfMap<ulong, uint> Pairs { get; private set; } = null!;

    /// <summary>The directions, two for each pair.</summary>
    internal BpfMappedArray<ForwardDirection> Directions { get; private set; } = null!;

    /// <summary>Loads and attaches everything.</summary>
    /// <returns>The tables.</returns>
    /// <exception cref="BpfException">The kernel cannot do it.</exception>
    /// <exception cref="IOException">There is no cgroup v2.</exception>
    internal static ForwardingTables Open()
    {
        var tables = new ForwardingTables(BpfObject.OpenResource(typeof(ForwardingTables).Assembly, "forward.bpf.o"));
        try
        {
            tables.Load();
            tables.Attach();
            return tables;
        }
        catch
        {
            tables.Dispose();
            throw;
        }
    }

    /// <summary>Opens the ring in which programs tell where sockets are.</summary>
    /// <param name="found">Told of each.</param>
    /// <returns>The reader.</returns>
    internal BpfRingBuffer OpenEvents(Action<ForwardFound> found) =>
        Own(_object.RingBuffer("forward_events", record => found(MemoryMarshal.Read<ForwardFound>(record))));

    /// <summary>Attaches the programs that see how applications use their sockets.</summary>
    /// <returns>Detaches them.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal BpfLink[] AttachUse()
    {
        var read = _object.Program("forward_read").AttachRawTracepoint("sock_recv_length");
        try
        {
            return [read, _object.Program("forward_write").AttachRawTracepoint("sock_send_length")];
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>Attaches the program that sees readers which pass by what waits for them.</summary>
    /// <returns>Detaches it.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal BpfLink AttachMisreading() => _object.Program("forward_adjust").AttachRawTracepoint("tcp_rcv_space_adjust");

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            _parts[i].Dispose();
        }

        _object.Dispose();
    }

    private void Load()
    {
        _object.Load();
        Namespaces = Own(_object.Map<ulong, ForwardNotes>("forward_namespaces"));
        Wanted = Own(_object.Map<ForwardEndKey, uint>("forward_wanted"));
        Deliverers = Own(_object.SocketStorage<uint>("forward_deliverers"));
        Deliveries = Own(_object.Map<ForwardEndKey, uint>("forward_deliveries"));
        Ends = Own(_object.Map<ForwardEndKey, ForwardEnd>("forward_ends"));
        Sockets = Own(_object.SocketMap<ulong>("forward_sockets"));
        Pairs = Own(_object.Map<ulong, uint>("forward_pairs"));
        Directions = Own(_object.MappedArray<ForwardDirection>("forward_directions"));
        using var setup = _object.Map<uint, ForwardSettings>("forward_setup");
        setup.Set(0, new ForwardSettings(PidNamespace.ReadCurrent().Inode));
    }

    private void Attach()
    {
        // The map's program first: sockets take the one that is there when they enter.
        _object.Program("forward_message").AttachSockMap(Sockets, BpfAttachType.SocketMessageVerdict);
        using var root = CgroupHierarchy.Require().OpenRoot();
        Own(_object.Program("forward_establish").AttachCgroup(root));
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
