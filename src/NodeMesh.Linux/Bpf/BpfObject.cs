using System.Reflection;
using System.Text;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// A compiled BPF object: opened from its ELF bytes, changed (maps reused or sized, globals set, programs left out), then loaded into the kernel.
/// Programs belong to the object and end with it; maps and links that were taken from it have descriptors of their own and outlive it.
/// An object is for one thread at a time; what was taken from it is not bound to that.
/// </summary>
public sealed class BpfObject : IDisposable
{
    private const string Constants = ".rodata";
    private readonly BpfObjectHandle _handle;
    private readonly Dictionary<string, BpfProgram> _programs = [];
    private readonly Dictionary<string, GlobalSection> _sections = [];
    private readonly BpfTypes _types;

    private BpfObject(BpfObjectHandle handle, string name)
    {
        _handle = handle;
        Name = name;
        _types = new BpfTypes(handle, name);
    }

    /// <summary>The name, for messages and the kernel's names of its global data.</summary>
    public string Name { get; }

    /// <summary>True when it is in the kernel.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The names of its programs.</summary>
    public unsafe IReadOnlyList<string> ProgramNames
    {
        get
        {
            var names = new List<string>();
            for (var program = LibBpf.NextProgram(_handle, 0); program != 0; program = LibBpf.NextProgram(_handle, program))
            {
                names.Add(NativeText.Read(LibBpf.GetProgramName(program)));
            }

            return names;
        }
    }

    /// <summary>The names of its maps, those of global data included.</summary>
    public unsafe IReadOnlyList<string> MapNames
    {
        get
        {
            var names = new List<string>();
            for (var map = LibBpf.NextMap(_handle, 0); map != 0; map = LibBpf.NextMap(_handle, map))
            {
                names.Add(NativeText.Read(LibBpf.GetMapName(map)));
            }

            return names;
        }
    }

    /// <summary>Opens an object; nothing is given to the kernel yet.</summary>
    /// <param name="elf">What clang made for the BPF target, with BTF.</param>
    /// <param name="name">A name for messages.</param>
    /// <returns>The open object.</returns>
    /// <exception cref="BpfException">It is no BPF object, or libbpf does not know something in it.</exception>
    public static unsafe BpfObject Open(ReadOnlySpan<byte> elf, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        BpfLog.Install();
        using var log = BpfLogCapture.Start();
        fixed (byte* bytes = elf)
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            // libbpf copies what it needs, and names inner maps after the object.
            var options = new ObjectOpenOptions { Size = (nuint)sizeof(ObjectOpenOptions), Name = text };
            var value = LibBpf.OpenObject(bytes, (nuint)elf.Length, &options);
            return value == 0
                ? throw BpfException.FromLastError($"opening BPF object {name}", log)
                : new BpfObject(new BpfObjectHandle(value), name);
        }
    }

    /// <summary>Opens an object that is embedded in an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resource">The resource's name, such as <c>probe.bpf.o</c>; what is before the first dot names the object.</param>
    /// <returns>The open object.</returns>
    /// <exception cref="BpfException">There is no such resource, or it is no BPF object.</exception>
    public static BpfObject OpenResource(Assembly assembly, string resource)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(resource);
        using var stream = assembly.GetManifestResourceStream(resource)
            ?? throw new BpfException($"{assembly.GetName().Name} has no embedded BPF object {resource}", BpfErrno.NotFound);
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return Open(elf, resource.Split('.')[0]);
    }

    /// <summary>A program.</summary>
    /// <param name="name">The C function's name.</param>
    /// <returns>The program: always the same one for a name.</returns>
    /// <exception cref="BpfException">There is no such program.</exception>
    public BpfProgram Program(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_programs.TryGetValue(name, out var program))
        {
            var native = LibBpf.FindProgram(_handle, name);
            program = native == 0
                ? throw new BpfException($"BPF object {Name} has no program {name}; it has {string.Join(", ", ProgramNames)}", BpfErrno.NotFound)
                : new BpfProgram(this, _handle, native, name);
            _programs.Add(name, program);
        }

        return program;
    }

    /// <summary>A map's definition, which can be changed until the object is loaded.</summary>
    /// <param name="name">The C variable's name; <c>.rodata</c>, <c>.data</c> and <c>.bss</c> name the global data.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="BpfException">There is no such map.</exception>
    public BpfMapDefinition Map(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var native = LibBpf.FindMap(_handle, name);
        return native == 0
            ? throw new BpfException($"BPF object {Name} has no map {name}; it has {string.Join(", ", MapNames)}", BpfErrno.NotFound)
            : new BpfMapDefinition(this, _handle, native, name);
    }

    /// <summary>A loaded map with keys and values of known types.</summary>
    /// <typeparam name="TKey">As laid out in C.</typeparam>
    /// <typeparam name="TValue">As laid out in C.</typeparam>
    /// <param name="name">The C variable's name.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, or its sizes differ.</exception>
    public BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => new(Map(name).OpenHandle());

    /// <summary>A loaded map with one value per processor.</summary>
    /// <typeparam name="TKey">As laid out in C.</typeparam>
    /// <typeparam name="TValue">As laid out in C.</typeparam>
    /// <param name="name">The C variable's name.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, or its sizes differ.</exception>
    public BpfPerCpuMap<TKey, TValue> PerCpuMap<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => new(Map(name).OpenHandle());

    /// <summary>A loaded SOCKMAP or SOCKHASH.</summary>
    /// <typeparam name="TKey">As laid out in C.</typeparam>
    /// <param name="name">The C variable's name.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, or its sizes differ.</exception>
    public BpfSocketMap<TKey> SocketMap<TKey>(string name)
        where TKey : unmanaged => new(Map(name).OpenHandle());

    /// <summary>A loaded map of values that sockets carry.</summary>
    /// <typeparam name="TValue">As laid out in C.</typeparam>
    /// <param name="name">The C variable's name.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, or its sizes differ.</exception>
    public BpfSocketStorage<TValue> SocketStorage<TValue>(string name)
        where TValue : unmanaged => new(Map(name).OpenHandle());

    /// <summary>A loaded array with <c>BPF_F_MMAPABLE</c>, as memory of this process.</summary>
    /// <typeparam name="T">As laid out in C; a multiple of 8 bytes.</typeparam>
    /// <param name="name">The C variable's name.</param>
    /// <returns>The array, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, its size differs, or it cannot be mapped.</exception>
    public BpfMappedArray<T> MappedArray<T>(string name)
        where T : unmanaged => new(Map(name).OpenHandle());

    /// <summary>A loaded ring.</summary>
    /// <param name="name">The C variable's name.</param>
    /// <param name="handler">Takes each record.</param>
    /// <returns>The reader, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such map, or it is no ring.</exception>
    public BpfRingBuffer RingBuffer(string name, BpfRecordHandler handler)
    {
        using var map = new BpfMap(Map(name).OpenHandle());
        return new BpfRingBuffer(map, handler);
    }

    /// <summary>Changes how many entries a map can hold.</summary>
    /// <param name="map">The map.</param>
    /// <param name="maxEntries">At least 1; a power of two of pages for a ring.</param>
    /// <exception cref="BpfException">There is no such map.</exception>
    public void SetMaxEntries(string map, int maxEntries) => Map(map).MaxEntries = maxEntries;

    /// <summary>Sets a global variable: constants (<c>const volatile</c>) until the object is loaded, others at any time.</summary>
    /// <typeparam name="T">As laid out in C.</typeparam>
    /// <param name="variable">The C variable's name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="BpfException">There is no such variable, its size differs, or it is a constant that the verifier has seen already.</exception>
    public void SetGlobal<T>(string variable, T value)
        where T : unmanaged => Global<T>(variable, write: true) = value;

    /// <summary>Reads a global variable.</summary>
    /// <typeparam name="T">As laid out in C.</typeparam>
    /// <param name="variable">The C variable's name.</param>
    /// <returns>The value now.</returns>
    /// <exception cref="BpfException">There is no such variable, or its size differs.</exception>
    public T GetGlobal<T>(string variable)
        where T : unmanaged => Global<T>(variable, write: false);

    /// <summary>How a struct of the object is laid out, from its BTF: to assert that C# has the same.</summary>
    /// <param name="name">The struct's tag, with or without <c>struct</c> before it.</param>
    /// <returns>Size and members.</returns>
    /// <exception cref="BpfException">No map, global or program of the object uses such a struct.</exception>
    public BpfTypeLayout TypeLayout(string name) => _types.ReadStruct(name);

    /// <summary>Gives the object to the kernel: makes its maps, and verifies its programs.</summary>
    /// <exception cref="BpfException">The kernel refused it; the message ends with the verifier's last lines.</exception>
    /// <exception cref="InvalidOperationException">It is loaded already.</exception>
    public void Load()
    {
        RequireNotLoaded("loaded again");
        using var log = BpfLogCapture.Start();
        var result = LibBpf.LoadObject(_handle);
        if (result < 0)
        {
            throw new BpfException($"loading BPF object {Name}", -result, log.TakeLines());
        }

        IsLoaded = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var program in _programs.Values)
        {
            program.Dispose();
        }

        foreach (var section in _sections.Values)
        {
            section.Dispose();
        }

        _handle.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void RequireNotLoaded(string what)
    {
        if (IsLoaded)
        {
            throw new InvalidOperationException($"BPF object {Name} is loaded; it cannot be {what}");
        }
    }

    internal void RequireLoaded(string what)
    {
        if (!IsLoaded)
        {
            throw new InvalidOperationException($"BPF object {Name} is not loaded yet; {what} is not there before");
        }
    }

    private unsafe ref T Global<T>(string variable, bool write)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        var (section, offset, size) = _types.FindVariable(variable);
        if (size != sizeof(T))
        {
            throw new BpfException($"global {variable} of BPF object {Name} has {size} bytes, {typeof(T).Name} has {sizeof(T)}", BpfErrno.Invalid);
        }

        if (write && IsLoaded && section == Constants)
        {
            throw new BpfException($"global {variable} of BPF object {Name} is a constant, and the object is loaded", BpfErrno.NotPermitted);
        }

        var data = IsLoaded ? OpenSection(section).Data : InitialValue(section);
        return ref *(T*)(data + offset);
    }

    /// <summary>What the section will hold when the object is loaded.</summary>
    private unsafe byte* InitialValue(string section)
    {
        nuint room;
        var data = LibBpf.GetInitialValue(Map(section).Native, &room);
        return data != null ? data : throw new BpfException($"global data {section} of BPF object {Name} is not there", BpfErrno.NotFound);
    }

    /// <summary>What the programs read and write.</summary>
    private GlobalSection OpenSection(string section)
    {
        if (!_sections.TryGetValue(section, out var memory))
        {
            var map = Map(section);
            using var handle = map.OpenHandle();
            memory = new GlobalSection(handle, map.ValueSize, section != Constants, $"mapping {section} of BPF object {Name}");
            _sections.Add(section, memory);
        }

        return memory;
    }
}
