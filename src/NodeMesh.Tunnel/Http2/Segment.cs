using System.Buffers;

namespace NodeMesh.Tunnel.Http2;

/// <summary>A pooled buffer in a stream's receive queue. It grows at its end while it is the last one; then it is frozen.</summary>
internal sealed class Segment(byte[] array) : ReadOnlySequenceSegment<byte>
{
    public byte[] Array { get; } = array;

    /// <summary>How many bytes are filled.</summary>
    public int End { get; private set; }

    public Segment? NextSegment => (Segment?)Next;

    public Memory<byte> Free => Array.AsMemory(End);

    /// <summary>Starts a new life.</summary>
    /// <param name="runningIndex">The place of its first byte in the stream.</param>
    public void Reset(long runningIndex)
    {
        End = 0;
        Memory = default;
        Next = null;
        RunningIndex = runningIndex;
    }

    public void Extend(int count)
    {
        End += count;
        Memory = Array.AsMemory(0, End);
    }

    public void SetNext(Segment next) => Next = next;
}
