using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Namespaces;

/// <summary>
/// The few instructions that run inside a foreign namespace. No managed method is called there, because a call count that runs over would start the
/// tiered JIT's thread in that namespace: hence raw function pointers, and a method that is never re-jitted.
/// </summary>
internal static unsafe class NamespaceEntry
{
    // Without GC transitions the section cannot be stopped half-way by a collection either; measured at about 9 µs in all (setns, socket, setns).
    private static readonly delegate* unmanaged[SuppressGCTransition]<int, int, int> SetNamespace;
    private static readonly delegate* unmanaged[SuppressGCTransition]<int, int, int, int> MakeSocket;
    private static readonly delegate* unmanaged[SuppressGCTransition]<int*> ErrorLocation;

    static NamespaceEntry()
    {
        var libc = NativeLibrary.Load("libc", typeof(NamespaceEntry).Assembly, null);
        SetNamespace = (delegate* unmanaged[SuppressGCTransition]<int, int, int>)NativeLibrary.GetExport(libc, "setns");
        MakeSocket = (delegate* unmanaged[SuppressGCTransition]<int, int, int, int>)NativeLibrary.GetExport(libc, "socket");
        ErrorLocation = (delegate* unmanaged[SuppressGCTransition]<int*>)NativeLibrary.GetExport(libc, "__errno_location");
    }

    /// <summary>Enters, makes the sockets, returns. The caller checks afterwards that the thread is home.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static NamespaceEntryResult CreateSockets(int target, int home, int family, int type, int protocol, int* descriptors, int count)
    {
        var setNamespace = SetNamespace;
        var makeSocket = MakeSocket;
        var error = ErrorLocation();
        var socketError = 0;
        if (setNamespace(target, LibC.CloneNewNet) != 0)
        {
            return new NamespaceEntryResult(0, *error, 0);
        }

        var made = 0;
        while (made < count)
        {
            var descriptor = makeSocket(family, type | LibC.SocketCloseOnExec, protocol);
            if (descriptor < 0)
            {
                socketError = *error;
                break;
            }

            descriptors[made++] = descriptor;
        }

        _ = setNamespace(home, LibC.CloneNewNet);
        return new NamespaceEntryResult(made, 0, socketError);
    }
}
