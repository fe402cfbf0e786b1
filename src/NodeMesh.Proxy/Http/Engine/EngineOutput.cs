using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>Writes a captured connection for the engine, which wants to hear of a client that is gone by a completed flush and not by an exception.</summary>
/// <param name="inner">The connection's own writer.</param>
/// <param name="closed">Told when the client is gone.</param>
/// <param name="count">Told how many bytes were written.</param>
internal sealed class EngineOutput(PipeWriter inner, Action closed, Action<long> count) : PipeWriter
{
    private static readonly FlushResult Gone = new(isCanceled: false, isCompleted: true);
    private bool _isGone;
    private long _uncounted;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        _uncounted += bytes;
        inner.Advance(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isGone)
        {
            return ValueTask.FromResult(Gone);
        }

        try
        {
            Count(0);
            var flush = inner.FlushAsync(cancellationToken);
            return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush);
        }
        catch (Exception e) when (IsGone(e))
        {
            return ValueTask.FromResult(Leave());
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_isGone)
        {
            return ValueTask.FromResult(Gone);
        }

        try
        {
            Count(source.Length);
            var write = inner.WriteAsync(source, cancellationToken);
            return write.IsCompletedSuccessfully ? write : WaitAsync(write);
        }
        catch (Exception e) when (IsGone(e))
        {
            return ValueTask.FromResult(Leave());
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The captured connection's owner sends the FIN, or the reset.
    }

    /// <summary>Counts what leaves together at once: whether a leg is worth it goes by messages.</summary>
    private void Count(int bytes)
    {
        if (_uncounted + bytes is > 0 and var sent)
        {
            _uncounted = 0;
            count(sent);
        }
    }

    private static bool IsGone(Exception e) => e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        catch (Exception e) when (IsGone(e))
        {
            return Leave();
        }
    }

    private FlushResult Leave()
    {
        _isGone = true;
        closed();
        return Gone;
    }
}
