using System.Globalization;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Linux.Tests.Bpf;

/// <summary>A directory for a test's pins, removed with them.</summary>
internal sealed class BpfPinDirectory : IDisposable
{
    private static int _count;

    public BpfPinDirectory()
    {
        BpfFileSystem.Mount();
        var name = string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Path = $"{BpfFileSystem.DefaultPath}/{name}";
        BpfFileSystem.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => $"{Path}/{name}";

    public void Dispose() => BpfFileSystem.RemoveTree(Path);
}
