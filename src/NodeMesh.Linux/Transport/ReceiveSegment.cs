using System.Buffers;

namespace NodeMesh.Linux.Transport;

/// <summary>One pooled array in a reader's chain.</summary>
internal sealed class ReceiveSegment : ReadOnlySequenceSegment<byte>
{
    internal byte[] Array { get; private set; } = [];

    /// <summary>Bytes received into the array.</summary>
    internal int End { get; private set; }

    internal int Free => Array.Length - End;

    internal ReceiveSegment? NextSegment => (ReceiveSegment?)Next;

    internal void Attach(byte[] array, ReceiveSegment? previous)
    {
        Array = array;
        End = 0;
        Memory = default;
        Next = null;
        RunningIndex = 0;
        if (previous is not null)
        {
            previous.Next = this;
            RunningIndex = previous.RunningIndex + previous.End;
        }
    }

    internal void Received(int count)
    {
        End += count;
        Memory = Array.AsMemory(0, End);
    }

    internal byte[] Detach()
    {
        var array = Array;
        Array = [];
        End = 0;
        Memory = default;
        Next = null;
        return array;
    }
}
