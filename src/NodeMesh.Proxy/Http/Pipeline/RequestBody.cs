using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// The body of a request on its way to an endpoint: passed on as it comes, no faster than the endpoint takes it. What a retry may send again is kept, up to
/// a limit; a longer body can be sent once.
/// </summary>
/// <param name="reader">The client's body.</param>
/// <param name="keepLimit">How many bytes may be kept.</param>
/// <param name="isGrpc">True to count gRPC messages.</param>
/// <param name="trailers">The engine's view of the trailers; null where it knows of none.</param>
internal sealed class RequestBody(PipeReader reader, int keepLimit, bool isGrpc, IHttpRequestTrailersFeature? trailers = null) : IBodySource, IDisposable
{
    private byte[] _kept = [];
    private int _keptLength;
    private bool _isKeeping = keepLimit > 0;
    private bool _isStopping;
    private volatile bool _isComplete;
    private volatile bool _isOver;
    private GrpcMessageCounter _messages;
    private Task _copy = Task.CompletedTask;

    /// <summary>Bytes that came from the client.</summary>
    public long Received { get; private set; }

    /// <summary>gRPC messages that came from the client.</summary>
    public long Messages => _messages.Count;

    /// <summary>What the client did wrong; null for nothing.</summary>
    public Exception? ClientFault { get; private set; }

    /// <summary>True once all of it has come.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>True once the request is over, and nobody sends it any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>What came behind it for the endpoint, once all of it has come.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; private set; } = [];

    /// <summary>True when it can be sent again.</summary>
    public bool IsReplayable => _isKeeping || Received == 0;

    /// <summary>What was kept; all of it, when <see cref="IsComplete"/> and <see cref="IsReplayable"/>.</summary>
    public ReadOnlyMemory<byte> Kept => _kept.AsMemory(0, _keptLength);

    /// <summary>Told once when all of it has come.</summary>
    public Action? Completed { get; set; }

    /// <summary>Where else it goes; null for nowhere.</summary>
    public List<BodyCopy>? Copies { get; init; }

    /// <inheritdoc/>
    public Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        _isStopping = false;
        var copy = CopyAsync(target, cancellationToken);

        // Tries that run at once each send what was kept, and may begin at once: none must be missing when its end is waited for, as what was kept is given back then.
        Task before;
        do
        {
            before = Volatile.Read(ref _copy);
        }
        while (Interlocked.CompareExchange(ref _copy, before.IsCompleted ? copy : Task.WhenAll(before, copy), before) != before);
        return copy;
    }

    /// <summary>Stops sending it: the endpoint has answered, or is given up.</summary>
    /// <returns>When nobody reads it any more.</returns>
    public ValueTask StopAsync() => _copy.IsCompleted ? ValueTask.CompletedTask : new ValueTask(StopCopyAsync());

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        Forget();
    }

    private void Forget()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
            _keptLength = 0;
            _isKeeping = false;
        }
    }

    private async Task StopCopyAsync()
    {
        _isStopping = true;
        reader.CancelPendingRead();
        await _copy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        if (_keptLength > 0)
        {
            await target.WriteAsync(Kept, cancellationToken);
            await target.FlushAsync(cancellationToken);
        }

        while (!IsComplete)
        {
            var pending = ReadAsync(cancellationToken);
            if (!pending.IsCompleted && Received == 0)
            {
                // The endpoint may answer to the headers alone, as in a call whose both sides stream.
                await target.FlushAsync(cancellationToken);
            }

            var read = await pending;
            if (read.IsCanceled || _isStopping)
            {
                reader.AdvanceTo(read.Buffer.Start);
                throw new OperationCanceledException("the endpoint needs no more of the body");
            }

            try
            {
                Take(read.Buffer);
                foreach (var segment in read.Buffer)
                {
                    await target.WriteAsync(segment, cancellationToken);
                }
            }
            finally
            {
                // Also when the endpoint broke: what came is kept, or can be sent no more.
                reader.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                Trailers = RequestTrailers.Of(trailers);
                _isComplete = true;
                Copies?.ForEach(static copy => copy.Complete());
                Completed?.Invoke();
            }
            else
            {
                await target.FlushAsync(cancellationToken);
            }
        }
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ClientFault = e;
            throw;
        }
    }

    private void Take(in ReadOnlySequence<byte> bytes)
    {
        Received += bytes.Length;
        if (isGrpc)
        {
            foreach (var segment in bytes)
            {
                _messages.Add(segment.Span);
            }
        }

        if (bytes.IsEmpty)
        {
            return;
        }

        if (Copies is not null)
        {
            foreach (var copy in Copies)
            {
                copy.Add(bytes);
            }
        }

        if (!_isKeeping)
        {
            return;
        }

        var length = _keptLength + (int)Math.Min(bytes.Length, int.MaxValue - _keptLength);
        if (length > keepLimit)
        {
            Forget();
            _isKeeping = false;
            return;
        }

        if (length > _kept.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(length);
            Kept.CopyTo(larger);
            if (_kept.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_kept);
            }

            _kept = larger;
        }

        bytes.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength = length;
    }
}
