namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>Pinned objects, and the kind behind a descriptor.</summary>
internal static class BpfPins
{
    internal const string Program = "bpf-prog";
    internal const string Map = "bpf-map";
    internal const string Link = "bpf-link";

    internal static void Pin(BpfHandle handle, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        BpfException.ThrowIfFailed(LibBpf.Pin(handle, path), $"pinning to {path}");
    }

    /// <summary>Opens a pin and checks its kind: BPF_OBJ_GET opens whatever is there.</summary>
    internal static BpfHandle Open(string path, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var action = $"opening the pinned {kind} {path}";
        var handle = BpfHandle.Take(LibBpf.OpenPinned(path), action);
        var target = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget;

        // Links are bpf_link on some kernels and bpf-link on others.
        if (target?.Replace('_', '-').EndsWith(kind, StringComparison.Ordinal) != true)
        {
            handle.Dispose();
            throw new BpfException($"{action}: it is {target ?? "not readable in /proc"}", BpfErrno.Invalid);
        }

        return handle;
    }
}
