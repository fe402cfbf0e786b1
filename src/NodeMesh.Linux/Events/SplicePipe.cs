using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Events;

/// <summary>A pipe that bytes pass on their way from socket to socket, without a copy into this process.</summary>
internal sealed unsafe class SplicePipe : IDisposable
{
    /// <summary>What a pipe may hold: one turn of a connection that moves bulk. A pipe's slots point at the socket's own pages, so that this costs little memory.</summary>
    internal const int Capacity = 1024 * 1024;

    private SplicePipe(int readEnd, int writeEnd)
    {
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
    }

    internal int ReadEnd { get; }

    internal int WriteEnd { get; }

    /// <summary>Bytes in it.</summary>
    internal int Length { get; set; }

    /// <summary>Makes a pipe.</summary>
    /// <returns>Null when no descriptor is free.</returns>
    internal static SplicePipe? TryCreate()
    {
        var ends = stackalloc int[2];
        if (EventCalls.Pipe(ends, EventCalls.PipeNonBlocking | EventCalls.PipeCloseOnExec) != 0)
        {
            return null;
        }

        // Refused beyond the user's share of pipe memory (pipe(7), pipe-user-pages-soft): the usual 64 KiB do as well, in more turns.
        _ = EventCalls.FileControl(ends[1], EventCalls.SetPipeSize, Capacity);
        return new SplicePipe(ends[0], ends[1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = LibC.Close(ReadEnd);
        _ = LibC.Close(WriteEnd);
    }
}
