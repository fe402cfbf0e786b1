using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>Values that sockets carry (<c>BPF_MAP_TYPE_SK_STORAGE</c>); they end with the socket. Programs make them, so such a map comes from an object.</summary>
/// <typeparam name="TValue">As laid out in C.</typeparam>
public sealed class BpfSocketStorage<TValue> : BpfMap
    where TValue : unmanaged
{
    internal unsafe BpfSocketStorage(BpfHandle handle)
        : base(handle)
    {
        RequireSizes(sizeof(int), sizeof(TValue));
        if (Info.Type != BpfMapType.SocketStorage)
        {
            Dispose();
            throw new BpfException($"BPF map {this} is no storage of sockets", BpfErrno.Invalid);
        }
    }

    /// <summary>Opens a pinned map.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no such map.</exception>
    public static new BpfSocketStorage<TValue> OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Map));

    /// <summary>Reads what a socket carries.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="value">The value, or the default.</param>
    /// <returns>True if it carries one.</returns>
    /// <exception cref="BpfException">Reading failed.</exception>
    public unsafe bool TryGetValue(SafeHandle socket, out TValue value)
    {
        fixed (TValue* pointer = &value)
        {
            *pointer = default;
            return Call(socket, pointer, static (map, key, value) => LibBpf.Lookup(map, key, (void*)value), "reading");
        }
    }

    /// <summary>Makes a socket carry a value, in place of one that it carries.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public unsafe void Set(SafeHandle socket, in TValue value)
    {
        fixed (TValue* pointer = &value)
        {
            Call(socket, pointer, static (map, key, value) => LibBpf.Update(map, key, (void*)value, 0), "writing");
        }
    }

    /// <summary>Takes from a socket what it carries.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>False if it carries nothing.</returns>
    /// <exception cref="BpfException">Removing failed.</exception>
    public unsafe bool Delete(SafeHandle socket) => Call(socket, null, static (map, key, _) => LibBpf.Delete(map, key), "deleting from");

    private unsafe delegate int StorageCall(BpfHandle map, int* socket, nint value);

    private unsafe bool Call(SafeHandle socket, void* value, StorageCall call, string action)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            var descriptor = (int)socket.DangerousGetHandle();
            var result = call(Handle, &descriptor, (nint)value);
            if (result < 0 && result != -BpfErrno.NotFound)
            {
                Fail(action, result);
            }

            return result >= 0;
        }
        finally
        {
            if (added)
            {
                socket.DangerousRelease();
            }
        }
    }
}
