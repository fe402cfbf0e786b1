using System.Runtime.InteropServices;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>
/// libbpf's calls, as 1.1 has them. Those that return an <see cref="int"/> answer a negative errno themselves;
/// those that return a pointer answer null and set errno.
/// </summary>
internal static unsafe partial class LibBpf
{
    internal const string Library = "libbpf.so.1";

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    internal static partial nint SetPrint(delegate* unmanaged[Cdecl]<int, byte*, void*, int> callback);

    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    internal static partial int CountPossibleProcessors();

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    internal static partial nint OpenObject(void* elf, nuint size, ObjectOpenOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    internal static partial int LoadObject(BpfObjectHandle value);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    internal static partial void CloseObject(nint value);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_program_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindProgram(BpfObjectHandle value, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    internal static partial nint NextProgram(BpfObjectHandle value, nint previous);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindMap(BpfObjectHandle value, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    internal static partial nint NextMap(BpfObjectHandle value, nint previous);

    [LibraryImport(Library, EntryPoint = "bpf_object__btf")]
    internal static partial nint GetTypes(BpfObjectHandle value);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    internal static partial byte* GetProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    internal static partial int GetProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__autoload")]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool GetProgramAutoLoad(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    internal static partial int SetProgramAutoLoad(nint program, [MarshalAs(UnmanagedType.U1)] bool autoLoad);

    [LibraryImport(Library, EntryPoint = "bpf_program__expected_attach_type")]
    internal static partial BpfAttachType GetProgramAttachType(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_map__name")]
    internal static partial byte* GetMapName(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    internal static partial int GetMapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__type")]
    internal static partial BpfMapType GetMapType(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__key_size")]
    internal static partial uint GetMapKeySize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__value_size")]
    internal static partial uint GetMapValueSize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__max_entries")]
    internal static partial uint GetMapMaxEntries(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    internal static partial int SetMapMaxEntries(nint map, uint maxEntries);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_autocreate")]
    internal static partial int SetMapAutoCreate(nint map, [MarshalAs(UnmanagedType.U1)] bool autoCreate);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    internal static partial int ReuseMap(nint map, BpfHandle existing);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    internal static partial byte* GetInitialValue(nint map, nuint* size);

    [LibraryImport(Library, EntryPoint = "bpf_map_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateMap(BpfMapType type, string name, uint keySize, uint valueSize, uint maxEntries, MapCreateOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    internal static partial int Lookup(BpfHandle map, void* key, void* value);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_and_delete_elem")]
    internal static partial int LookupAndDelete(BpfHandle map, void* key, void* value);

    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    internal static partial int Update(BpfHandle map, void* key, void* value, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map_delete_elem")]
    internal static partial int Delete(BpfHandle map, void* key);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_key")]
    internal static partial int GetNextKey(BpfHandle map, void* key, void* next);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_batch")]
    internal static partial int LookupBatch(BpfHandle map, void* from, void* next, void* keys, void* values, uint* count, MapBatchOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_and_delete_batch")]
    internal static partial int LookupAndDeleteBatch(BpfHandle map, void* from, void* next, void* keys, void* values, uint* count, MapBatchOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_map_update_batch")]
    internal static partial int UpdateBatch(BpfHandle map, void* keys, void* values, uint* count, MapBatchOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_map_delete_batch")]
    internal static partial int DeleteBatch(BpfHandle map, void* keys, uint* count, MapBatchOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_obj_pin", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Pin(BpfHandle value, string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenPinned(string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    internal static partial int GetInfo(BpfHandle value, void* info, uint* size);

    [LibraryImport(Library, EntryPoint = "bpf_prog_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadProgram(BpfProgramType type, string name, string license, ulong* instructions, nuint count, ProgramLoadOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_prog_attach")]
    internal static partial int Attach(BpfHandle program, SafeHandle target, BpfAttachType type, uint flags);

    [LibraryImport(Library, EntryPoint = "bpf_prog_detach2")]
    internal static partial int Detach(BpfHandle program, SafeHandle target, BpfAttachType type);

    [LibraryImport(Library, EntryPoint = "bpf_prog_query")]
    internal static partial int QueryAttached(SafeHandle target, BpfAttachType type, uint queryFlags, uint* attachFlags, uint* programs, uint* count);

    [LibraryImport(Library, EntryPoint = "bpf_prog_test_run_opts")]
    internal static partial int TestRun(BpfHandle program, TestRunOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_create")]
    internal static partial int CreateLink(BpfHandle program, SafeHandle target, BpfAttachType type, void* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_update")]
    internal static partial int UpdateLink(BpfHandle link, BpfHandle program, void* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_detach")]
    internal static partial int DetachLink(BpfHandle link);

    [LibraryImport(Library, EntryPoint = "bpf_prog_get_next_id")]
    internal static partial int GetNextProgramId(uint id, uint* next);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_id")]
    internal static partial int GetNextMapId(uint id, uint* next);

    [LibraryImport(Library, EntryPoint = "bpf_link_get_next_id")]
    internal static partial int GetNextLinkId(uint id, uint* next);

    [LibraryImport(Library, EntryPoint = "bpf_prog_get_fd_by_id")]
    internal static partial int OpenProgram(uint id);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_fd_by_id")]
    internal static partial int OpenMap(uint id);

    [LibraryImport(Library, EntryPoint = "bpf_link_get_fd_by_id")]
    internal static partial int OpenLink(uint id);

    [LibraryImport(Library, EntryPoint = "btf__find_by_name_kind", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FindType(nint types, string name, uint kind);

    [LibraryImport(Library, EntryPoint = "btf__type_by_id", SetLastError = true)]
    internal static partial uint* GetType(nint types, uint id);

    [LibraryImport(Library, EntryPoint = "btf__name_by_offset")]
    internal static partial byte* GetTypeName(nint types, uint offset);

    [LibraryImport(Library, EntryPoint = "btf__resolve_size")]
    internal static partial long GetTypeSize(nint types, uint id);

    [LibraryImport(Library, EntryPoint = "ring_buffer__new", SetLastError = true)]
    internal static partial nint OpenRing(BpfHandle map, delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> callback, nint context, void* options);

    [LibraryImport(Library, EntryPoint = "ring_buffer__free")]
    internal static partial void CloseRing(nint ring);

    [LibraryImport(Library, EntryPoint = "ring_buffer__consume")]
    internal static partial int ConsumeRing(BpfRingHandle ring);

    [LibraryImport(Library, EntryPoint = "ring_buffer__epoll_fd")]
    internal static partial int GetRingDescriptor(BpfRingHandle ring);

    [LibraryImport(Library, EntryPoint = "libbpf_probe_bpf_prog_type")]
    internal static partial int ProbeProgramType(BpfProgramType type, void* options);

    [LibraryImport(Library, EntryPoint = "libbpf_probe_bpf_map_type")]
    internal static partial int ProbeMapType(BpfMapType type, void* options);

    [LibraryImport(Library, EntryPoint = "bpf_raw_tracepoint_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenRawTracepoint(string name, BpfHandle program);
}
