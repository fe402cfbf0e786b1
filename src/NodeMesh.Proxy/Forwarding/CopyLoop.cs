using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>Moves bytes in one direction until the source half-closes, and then half-closes the sink. Allocates nothing per chunk; an idle loop holds no buffer.</summary>
internal static class CopyLoop
{
    /// <summary>Copies.</summary>
    /// <param name="source">Where bytes come from.</param>
    /// <param name="to">Where they go to.</param>
    /// <param name="pair">Whose direction it is.</param>
    /// <param name="count">Told after each chunk how many bytes were moved.</param>
    /// <returns>Which end broke; <see cref="CopyEnd.Finished"/> when none did.</returns>
    public static async ValueTask<CopyResult> RunAsync(PipeReader source, ConnectionContext to, ForwardedPair pair, Action<long> count)
    {
        var sink = to.Transport.Output;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await source.ReadAsync();
            }
            catch (Exception e) when (IsBroken(e))
            {
                return new CopyResult(CopyEnd.SourceBroke, e);
            }

            try
            {
                if (!read.Buffer.IsEmpty)
                {
                    await WriteAsync(read, to, sink);
                    count(read.Buffer.Length);
                }

                if (read.IsCompleted)
                {
                    source.AdvanceTo(read.Buffer.End);
                    if (to is not SocketConnection || !pair.IsHalfClosed)
                    {
                        await sink.CompleteAsync();
                    }

                    // Else the pair is over, and closing the socket says so by itself.
                    return new CopyResult(CopyEnd.Finished, null);
                }
            }
            catch (Exception e) when (IsBroken(e))
            {
                source.AdvanceTo(read.Buffer.End);
                return new CopyResult(CopyEnd.SinkBroke, e);
            }

            source.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>What an end that is reset, aborted or disposed throws: a reset is an IOException, an own abort a cancellation, and what the other loop's failure completed an invalid operation.</summary>
    private static bool IsBroken(Exception e) => e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static async ValueTask WriteAsync(ReadResult read, ConnectionContext to, PipeWriter sink)
    {
        if (read.IsCompleted && to is SocketConnection socket)
        {
            socket.ExpectEnd();
        }

        if (read.Buffer.IsSingleSegment)
        {
            await sink.WriteAsync(read.Buffer.First);
            return;
        }

        foreach (var segment in read.Buffer)
        {
            await sink.WriteAsync(segment);
        }
    }
}
