using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Namespaces;

/// <summary>An open network namespace. The descriptor keeps the namespace alive, and its identity true, after its path is gone.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NetworkNamespace(SafeFileHandle handle, string path, NetworkNamespaceId id)
    {
        _handle = handle;
        Path = path;
        Id = id;
    }

    /// <summary>Which namespace this is.</summary>
    public NetworkNamespaceId Id { get; }

    /// <summary>The path it was opened by; it may name something else by now.</summary>
    public string Path { get; }

    /// <summary>A path that opens this very namespace for as long as the object is not disposed, for tools such as <c>nsenter</c>.</summary>
    public string HandlePath => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <summary>The descriptor; valid inside the caller's <c>DangerousAddRef</c>.</summary>
    internal SafeFileHandle Handle => _handle;

    /// <summary>Opens a namespace.</summary>
    /// <param name="path">Such as <c>/run/netns/NAME</c> or <c>/proc/PID/ns/net</c>.</param>
    /// <returns>The open namespace.</returns>
    /// <exception cref="NetworkNamespaceException">The path cannot be opened or is not a network namespace.</exception>
    public static NetworkNamespace Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var descriptor = LibC.Open(path, LibC.OpenReadOnly | LibC.OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw new NetworkNamespaceException($"network namespace {path} cannot be opened: {LastError()}");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LibC.Ioctl(descriptor, LibC.GetNamespaceType) != LibC.CloneNewNet || ReadId(descriptor) is not { } id)
        {
            // The empty file that `ip netns` leaves when a namespace was unmounted but not deleted ends here.
            handle.Dispose();
            throw new NetworkNamespaceException($"{path} is not a network namespace; it may have been removed");
        }

        return new NetworkNamespace(handle, path, id);
    }

    /// <summary>Opens the namespace of the calling thread.</summary>
    /// <returns>The open namespace.</returns>
    /// <exception cref="NetworkNamespaceException"><c>/proc</c> is not mounted or not readable.</exception>
    public static NetworkNamespace OpenCurrent() => Open("/proc/thread-self/ns/net");

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Path} {Id}";

    /// <summary>Reads which namespace a path names.</summary>
    internal static unsafe NetworkNamespaceId? ReadId(string path)
    {
        var stat = stackalloc ulong[LibC.StatSize / sizeof(ulong)];
        return LibC.Stat(path, stat) == 0 ? new NetworkNamespaceId(stat[0], stat[1]) : null;
    }

    private static unsafe NetworkNamespaceId? ReadId(int descriptor)
    {
        var stat = stackalloc ulong[LibC.StatSize / sizeof(ulong)];
        return LibC.FStat(descriptor, stat) == 0 ? new NetworkNamespaceId(stat[0], stat[1]) : null;
    }

    private static string LastError() => new Win32Exception(Marshal.GetLastPInvokeError()).Message;
}
