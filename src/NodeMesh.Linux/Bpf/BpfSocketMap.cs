using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>A SOCKMAP or SOCKHASH: sockets by key, for programs that choose or redirect. The kernel takes a socket out when it closes.</summary>
/// <typeparam name="TKey">An index for a SOCKMAP, anything for a SOCKHASH.</typeparam>
public sealed class BpfSocketMap<TKey> : BpfMap
    where TKey : unmanaged
{
    internal unsafe BpfSocketMap(BpfHandle handle)
        : base(handle)
    {
        // Values are descriptors of 4 bytes, or of 8, which alone can be read back: as socket cookies.
        RequireSizes(sizeof(TKey), Info.ValueSize == sizeof(ulong) ? sizeof(ulong) : sizeof(uint));
        if (Info.Type is not (BpfMapType.SockMap or BpfMapType.SockHash))
        {
            Dispose();
            throw new BpfException($"BPF map {this} holds no sockets", BpfErrno.Invalid);
        }
    }

    /// <summary>Makes a map outside any object, with values of 8 bytes.</summary>
    /// <param name="type"><see cref="BpfMapType.SockMap"/> or <see cref="BpfMapType.SockHash"/>.</param>
    /// <param name="name">At most 15 characters count.</param>
    /// <param name="maxEntries">How many sockets it can hold.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public static unsafe BpfSocketMap<TKey> Create(BpfMapType type, string name, int maxEntries) =>
        new(Create(type, name, sizeof(TKey), sizeof(ulong), maxEntries, 0));

    /// <summary>Opens a pinned map.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The map, which the caller disposes.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no such map.</exception>
    public static new BpfSocketMap<TKey> OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Map));

    /// <summary>Puts a socket in.</summary>
    /// <param name="key">The key.</param>
    /// <param name="socket">An open socket in a state that the map takes: listening or established TCP, UDP, Unix.</param>
    /// <param name="mode">What to do with a key that is there, or is not.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public unsafe void Set(in TKey key, SafeHandle socket, BpfUpdateMode mode = BpfUpdateMode.Any)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            var value = (ulong)socket.DangerousGetHandle();
            fixed (TKey* keyPointer = &key)
            {
                // The first half of the eight bytes is the descriptor on little-endian machines, the only ones that .NET runs on.
                var result = LibBpf.Update(Handle, keyPointer, &value, (ulong)mode);
                if (result < 0)
                {
                    Fail("putting a socket into", result);
                }
            }
        }
        finally
        {
            if (added)
            {
                socket.DangerousRelease();
            }
        }
    }

    /// <summary>Reads which socket is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cookie">The socket's cookie (<c>SO_COOKIE</c>), or 0.</param>
    /// <returns>True if there is one.</returns>
    /// <exception cref="BpfException"><see cref="BpfErrno.NoSpace"/>: the map's values are not 8 bytes long, so it cannot be read.</exception>
    public unsafe bool TryGetCookie(in TKey key, out ulong cookie)
    {
        fixed (TKey* keyPointer = &key)
        fixed (ulong* value = &cookie)
        {
            *value = 0;
            var result = LibBpf.Lookup(Handle, keyPointer, value);
            if (result < 0 && result != -BpfErrno.NotFound)
            {
                Fail("reading", result);
            }

            return result >= 0;
        }
    }

    /// <summary>Takes a socket out.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="BpfException">Removing failed.</exception>
    public unsafe bool Delete(in TKey key)
    {
        fixed (TKey* keyPointer = &key)
        {
            var result = LibBpf.Delete(Handle, keyPointer);

            // A SOCKMAP says EINVAL of an empty slot, a SOCKHASH ENOENT.
            if (result < 0 && result != -BpfErrno.NotFound && !(result == -BpfErrno.Invalid && Info.Type == BpfMapType.SockMap))
            {
                Fail("deleting from", result);
            }

            return result >= 0;
        }
    }

    /// <summary>Goes over the keys that hold a socket.</summary>
    /// <returns>The keys.</returns>
    public IEnumerable<TKey> EnumerateKeys()
    {
        var more = TryGetNextKey(default, first: true, out var key);
        for (var left = 2L * Info.MaxEntries; more && left > 0; left--)
        {
            more = TryGetNextKey(in key, first: false, out var next);
            if (Info.ValueSize != sizeof(ulong) || TryGetCookie(in key, out _))
            {
                yield return key;
            }

            key = next;
        }
    }

    private unsafe bool TryGetNextKey(in TKey key, bool first, out TKey next)
    {
        fixed (TKey* keyPointer = &key)
        fixed (TKey* nextPointer = &next)
        {
            *nextPointer = default;
            return LibBpf.GetNextKey(Handle, first ? null : keyPointer, nextPointer) >= 0;
        }
    }
}
