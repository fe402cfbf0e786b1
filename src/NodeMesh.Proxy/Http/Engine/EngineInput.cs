using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>
/// Reads a captured connection for the engine. A direct reader sees the client's end only while it is read, and HTTP/1 does not read while a response is
/// under way; a read is then begun ahead, and given to whoever reads next.
/// </summary>
/// <param name="inner">The connection's own reader.</param>
/// <param name="closed">Told of the client's end.</param>
/// <param name="count">Told how many bytes were taken.</param>
/// <param name="gone">Ends after <paramref name="closed"/> was told.</param>
internal sealed class EngineInput(PipeReader inner, Action closed, Action<long> count, CancellationToken gone) : PipeReader, IClientWatch
{
    private ValueTask<ReadResult> _ahead;
    private bool _hasAhead;
    private System.Buffers.ReadOnlySequence<byte> _lent;

    /// <inheritdoc/>
    public CancellationToken Gone => gone;

    /// <inheritdoc/>
    public void Watch()
    {
        if (!_hasAhead)
        {
            _hasAhead = true;
#pragma warning disable CA2012 // It is awaited once: by the next read.
            _ahead = ReadInnerAsync(CancellationToken.None);
#pragma warning restore CA2012
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (!_hasAhead)
        {
            return ReadInnerAsync(cancellationToken);
        }

        _hasAhead = false;
        return _ahead;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (_hasAhead)
        {
            if (!_ahead.IsCompleted)
            {
                result = default;
                return false;
            }

            _hasAhead = false;
            result = _ahead.GetAwaiter().GetResult();
            return true;
        }

        if (!inner.TryRead(out result))
        {
            return false;
        }

        _lent = result.Buffer;
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_lent.IsEmpty)
        {
            count(_lent.Slice(_lent.Start, consumed).Length);
            _lent = default;
        }

        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The captured connection's owner ends it in order; a read that is still under way ends with it.
        if (_hasAhead)
        {
            inner.CancelPendingRead();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadInnerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await inner.ReadAsync(cancellationToken);
            _lent = result.Buffer;
            if (result.IsCompleted)
            {
                closed();
            }

            return result;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            closed();
            throw;
        }
    }
}
