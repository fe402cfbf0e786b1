using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// An attachment. Disposing the last descriptor detaches the program, unless the link is pinned; a process that is killed leaves pinned ones in force.
/// <see cref="Detach"/> is the way to be sure that a program runs no more: a process that is being started holds a copy of each descriptor for a moment,
/// and a pin that is removed lets go of its link a moment later.
/// </summary>
public sealed class BpfLink : IDisposable
{
    private readonly BpfHandle _handle;

    private BpfLink(BpfHandle handle, string? pinPath = null)
    {
        _handle = handle;
        PinPath = pinPath;
    }

    /// <summary>Where this object pinned it or was opened from; null when it did not.</summary>
    public string? PinPath { get; private set; }

    /// <summary>What the kernel says of it.</summary>
    public BpfLinkInfo Info => BpfLinkInfo.Read(_handle);

    /// <summary>Opens a pinned link.</summary>
    /// <param name="path">On a BPF file system.</param>
    /// <returns>The link, which the caller disposes; it stays pinned.</returns>
    /// <exception cref="BpfException">There is no such pin, or it is no link.</exception>
    public static BpfLink OpenPinned(string path) => new(BpfPins.Open(path, BpfPins.Link), path);

    /// <summary>Opens a link by its number.</summary>
    /// <param name="id">The number.</param>
    /// <returns>The link, which the caller disposes.</returns>
    /// <exception cref="BpfException">It is gone.</exception>
    public static BpfLink OpenById(uint id) => new(BpfHandle.Take(LibBpf.OpenLink(id), $"opening BPF link {id}"));

    /// <summary>Keeps the attachment in force under a path, whatever becomes of this process.</summary>
    /// <param name="path">On a BPF file system; its directory is there and it is not.</param>
    /// <exception cref="BpfException">It cannot be pinned there.</exception>
    public void Pin(string path)
    {
        BpfPins.Pin(_handle, path);
        PinPath = path;
    }

    /// <summary>Removes the pin; the program stays attached until the link is disposed, and for a moment after both.</summary>
    /// <exception cref="InvalidOperationException">It was not pinned by this object, nor opened from a pin.</exception>
    public void Unpin()
    {
        File.Delete(PinPath ?? throw new InvalidOperationException("this link is not pinned"));
        PinPath = null;
    }

    /// <summary>Puts another program of the same kind in the place of the one that runs, with no gap between.</summary>
    /// <param name="program">The program.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    public unsafe void Update(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        BpfException.ThrowIfFailed(LibBpf.UpdateLink(_handle, program.Handle, null), $"replacing the program of a BPF link by {program.Name}");
    }

    /// <summary>Detaches the program now, for every holder and whatever pins there are. The link stays as an empty shell.</summary>
    /// <exception cref="BpfException">Links of this kind cannot.</exception>
    public void Detach() => BpfException.ThrowIfFailed(LibBpf.DetachLink(_handle), "detaching a BPF link");

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Owns a link that the kernel returned, or throws what its negative answer says.</summary>
    internal static BpfLink Take(int result, string action) => new(BpfHandle.Take(result, action));

    internal static unsafe BpfLink Create(BpfHandle program, SafeHandle target, BpfAttachType type, string action) =>
        new(BpfHandle.Take(LibBpf.CreateLink(program, target, type, null), action));
}
