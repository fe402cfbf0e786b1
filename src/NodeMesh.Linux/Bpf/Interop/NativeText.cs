using System.Runtime.InteropServices;
using System.Text;

namespace NodeMesh.Linux.Bpf.Interop;

/// <summary>Texts of C.</summary>
internal static unsafe class NativeText
{
    /// <summary>A text that ends with a zero byte, or where its room ends.</summary>
    internal static string Read(byte* text, int room)
    {
        var span = new ReadOnlySpan<byte>(text, room);
        var end = span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? span : span[..end]);
    }

    /// <summary>A text that ends with a zero byte; empty for null.</summary>
    internal static string Read(byte* text) => text == null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
