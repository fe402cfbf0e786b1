using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>Reads a stream's data from the buffers that the frame reader filled. Consuming gives the peer its credit back.</summary>
internal sealed class TunnelPipeReader(Http2Stream stream) : PipeReader
{
    private bool _completed;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        return stream.Receive.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfCompleted();
        return stream.Receive.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfCompleted();
        stream.Receive.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => stream.Receive.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        stream.Receive.CompleteReading();
        if (exception is not null)
        {
            stream.Reset(Http2ErrorCode.Cancel, new ConnectionAbortedException("the reader was completed with an error", exception));
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException("the reader is completed");
        }
    }
}
