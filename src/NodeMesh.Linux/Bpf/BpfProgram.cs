using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Linux.Bpf;

/// <summary>A program: of an object, pinned, or found by its number.</summary>
public sealed class BpfProgram : IDisposable
{
    private readonly BpfObject? _owner;
    private readonly BpfObjectHandle? _object;
    private readonly nint _native;
    private BpfHandle? _handle;

    internal BpfProgram(BpfObject owner, BpfObjectHandle handle, nint native, string name)
    {
        _owner = owner;
        _object = handle;
        _native = native;
        Name = name;
    }

    internal BpfProgram(BpfHandle handle)
    {
        _handle = handle;
        Name = BpfProgramInfo.Read(handle).Name;
    }

    /// <summary>The C function's name, or the 15 characters of it that the kernel keeps.</summary>
    public string Name { get; }

    /// <summary>What the kernel says of it.</summary>
    /// <exception cref="InvalidOperationException">Its object is not loaded.</exception>
    public BpfProgramInfo Info => BpfProgramInfo.Read(Handle);

    /// <summary>Whether loading the object loads this program; true unless set. For programs that some kernels cannot have.</summary>
    /// <exception cref="InvalidOperationException">Set when the object is loaded, or on a program that is of no object.</exception>
    public bool AutoLoad
    {
        get => _owner is null || WithObject(LibBpf.GetProgramAutoLoad);
        set
        {
            RequireObject().RequireNotLoaded("changed");
            BpfException.ThrowIfFailed(WithObject(p => LibBpf.SetProgramAutoLoad(p, value)), $"choosing whether to load BPF program {Name}");
        }
    }

    internal BpfHandle Handle
    {
        get
        {
            if (_handle is null)
            {
                RequireObject().RequireLoaded($"program {Name}");
                var descriptor = BpfException.ThrowIfFailed(WithObject(LibBpf.GetProgramDescriptor), $"opening BPF program {Name}, which was left out of its object's load");
                _handle = BpfHandle.Duplicate(descriptor, $"opening BPF program {Name}");
            }

            return _handle;
        }
    }

    /// <summary>Opens a pinned program.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The program, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no program.</exception>
    public static BpfProgram OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Program));

    /// <summary>Opens a program by its number.</summary>
    /// <param name="id">The number.</param>
    /// <returns>The program, which the caller disposes.</returns>
    /// <exception cref="BpfException">It is gone.</exception>
    public static BpfProgram OpenById(uint id) => new(BpfHandle.Take(LibBpf.OpenProgram(id), $"opening BPF program {id}"));

    /// <summary>Keeps the program in the kernel under a path.</summary>
    /// <param name="path">On a BPF file system; its directory is there and it is not.</param>
    /// <exception cref="BpfException">It cannot be pinned there.</exception>
    public void Pin(string path) => BpfPins.Pin(Handle, path);

    /// <summary>Attaches to a cgroup and all below it, beside what is attached already.</summary>
    /// <param name="cgroup">The open directory of a cgroup v2 group.</param>
    /// <returns>The link: the program is detached when it is disposed and not pinned.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public BpfLink AttachCgroup(SafeHandle cgroup) => Attach(cgroup, AttachType, "a cgroup");

    /// <summary>Attaches to a network namespace (<c>sk_lookup</c>, flow dissectors).</summary>
    /// <param name="networkNamespace">The open namespace.</param>
    /// <returns>The link: the program is detached when it is disposed and not pinned.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public BpfLink AttachNetworkNamespace(SafeHandle networkNamespace) => Attach(networkNamespace, AttachType, "a network namespace");

    /// <summary>Attaches to a network namespace.</summary>
    /// <param name="networkNamespace">The namespace.</param>
    /// <returns>The link.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public BpfLink AttachNetworkNamespace(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return AttachNetworkNamespace(networkNamespace.Handle);
    }

    /// <summary>Attaches a <c>raw_tp</c> program to a tracepoint of the kernel.</summary>
    /// <param name="tracepoint">Its name, such as <c>sock_recv_length</c>.</param>
    /// <returns>The link: the program is detached when it is disposed and not pinned.</returns>
    /// <exception cref="BpfException">The kernel has no such tracepoint, or refused.</exception>
    public BpfLink AttachRawTracepoint(string tracepoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(tracepoint);
        return BpfLink.Take(LibBpf.OpenRawTracepoint(tracepoint, Handle), $"attaching BPF program {Name} to tracepoint {tracepoint}");
    }

    /// <summary>
    /// Attaches to a SOCKMAP or SOCKHASH, for every socket that is put into it afterwards. There is no link: the program stays until the map is gone,
    /// another takes its place, or <see cref="DetachSockMap"/>.
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="type">Such as <see cref="BpfAttachType.SocketMessageVerdict"/>.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public void AttachSockMap(BpfMap map, BpfAttachType type)
    {
        ArgumentNullException.ThrowIfNull(map);
        BpfException.ThrowIfFailed(LibBpf.Attach(Handle, map.Handle, type, 0), $"attaching BPF program {Name} to map {map.Info.Name} ({type})");
    }

    /// <summary>Detaches from a map what <see cref="AttachSockMap"/> attached.</summary>
    /// <param name="map">The map.</param>
    /// <param name="type">Where it is attached.</param>
    /// <exception cref="BpfException">It is not attached there.</exception>
    public void DetachSockMap(BpfMap map, BpfAttachType type)
    {
        ArgumentNullException.ThrowIfNull(map);
        Detach(map.Handle, type);
    }

    /// <summary>Detaches from a target what was attached there without a link.</summary>
    /// <param name="target">The open cgroup or network namespace.</param>
    /// <param name="type">Where it is attached.</param>
    /// <exception cref="BpfException">It is not attached there, or by a link.</exception>
    public void Detach(SafeHandle target, BpfAttachType type) =>
        BpfException.ThrowIfFailed(LibBpf.Detach(Handle, target, type), $"detaching BPF program {Name} ({type})");

    /// <summary>Runs the program once or more on made-up data (<c>BPF_PROG_TEST_RUN</c>), attached or not.</summary>
    /// <param name="data">The packet; empty for programs that take none.</param>
    /// <param name="context">The program's context struct, read and written; empty for the default.</param>
    /// <param name="repeat">How often, to measure; 0 for programs that do not allow it.</param>
    /// <returns>What the last run returned, and how long a run took.</returns>
    /// <exception cref="BpfException">The kernel cannot run such a program like this.</exception>
    public unsafe BpfTestRun TestRun(ReadOnlySpan<byte> data, Span<byte> context = default, int repeat = 0)
    {
        fixed (byte* dataPointer = data)
        fixed (byte* contextPointer = context)
        {
            var options = new TestRunOptions
            {
                Size = (nuint)sizeof(TestRunOptions),
                DataIn = dataPointer,
                DataSizeIn = (uint)data.Length,
                ContextIn = contextPointer,
                ContextSizeIn = (uint)context.Length,
                ContextOut = WritesContext ? contextPointer : null,
                ContextSizeOut = WritesContext ? (uint)context.Length : 0,
                Repeat = repeat,
            };
            BpfException.ThrowIfFailed(LibBpf.TestRun(Handle, &options), $"running BPF program {Name} for a test");
            return new BpfTestRun(options.ReturnValue, TimeSpan.FromMicroseconds(options.Duration / 1000.0));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The kernel refuses room for an answer where it gives none.</summary>
    private bool WritesContext => Info.Type is not (BpfProgramType.Syscall or BpfProgramType.SocketLookup);

    private BpfAttachType AttachType => WithObject(LibBpf.GetProgramAttachType);

    private BpfLink Attach(SafeHandle target, BpfAttachType type, string what)
    {
        ArgumentNullException.ThrowIfNull(target);
        return BpfLink.Create(Handle, target, type, $"attaching BPF program {Name} to {what} ({type})");
    }

    private BpfObject RequireObject() => _owner ?? throw new InvalidOperationException($"BPF program {Name} is of no object");

    private T WithObject<T>(Func<nint, T> call)
    {
        RequireObject();
        var added = false;
        try
        {
            _object!.DangerousAddRef(ref added);
            return call(_native);
        }
        finally
        {
            if (added)
            {
                _object!.DangerousRelease();
            }
        }
    }
}
