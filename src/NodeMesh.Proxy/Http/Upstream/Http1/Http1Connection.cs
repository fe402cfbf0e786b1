using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>
/// A connection to an endpoint that speaks HTTP/1.1, one request at a time. Between two requests it is read ahead: what comes then, an end as well, makes it
/// unfit for another.
/// </summary>
internal sealed class Http1Connection : IDisposable
{
    private readonly Http1Pool _pool;
    private readonly MeshConnection _mesh;
    private readonly ConnectionContext _upstream;
    private readonly Action<MeshConnection> _closed;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly TransferCounters _bytes;
    private readonly Http1Response _response;
    private readonly Action<long> _countWritten;
    private ValueTask<ReadResult> _ahead;
    private bool _hasAhead;
    private CancellationTokenRegistration _cancelled;
    private Task _sending = Task.CompletedTask;
    private Http1Expectation? _expectation;
    private int _isClosed;

    /// <summary>Takes over a connection.</summary>
    /// <param name="pool">Where it is kept between requests.</param>
    /// <param name="mesh">What is known of it; has its upstream.</param>
    /// <param name="closed">Told once when it is over.</param>
    /// <param name="loop">The loop of the client's connection; null where nobody knows.</param>
    public Http1Connection(Http1Pool pool, MeshConnection mesh, Action<MeshConnection> closed, EventLoop? loop)
    {
        _pool = pool;
        _mesh = mesh;
        _closed = closed;
        _upstream = mesh.Upstream ?? throw new ArgumentException("not connected", nameof(mesh));
        _bytes = mesh.Record.Bytes;
        _countWritten = _bytes.AddReceived;
        Loop = loop;
        if (_upstream is SocketConnection socket && loop is not null)
        {
            // Where the client's connection lives too: request and answer then pass without changing threads.
            socket.Prefer(loop);
        }

        _input = _upstream.Transport.Input;
        _output = _upstream.Transport.Output;
        _response = new Http1Response(this);
        Opened = pool.Now();
    }

    /// <summary>Whose requests it carries: those of clients of one loop.</summary>
    public EventLoop? Loop { get; }

    /// <summary>True when it has carried a request before.</summary>
    public bool IsReused { get; private set; }

    /// <summary>True once a byte of the answer has come.</summary>
    public bool HasAnswer { get; private set; }

    /// <summary>When it was opened, as a timestamp.</summary>
    public long Opened { get; }

    /// <summary>When it was last given back, as a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>True when something came while nothing was asked: it cannot be used again.</summary>
    public bool IsStale => _hasAhead && _ahead.IsCompleted;

    /// <summary>Sends a request and reads the head of its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="terms">What the endpoint is told of the try.</param>
    /// <param name="cancellationToken">Gives up, and with it the connection.</param>
    /// <returns>The answer. After an exception the connection is gone.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamResponse> SendAsync(MeshRequest request, TryTerms terms, CancellationToken cancellationToken)
    {
        HasAnswer = false;
        _expectation = null;
        _cancelled = cancellationToken.UnsafeRegister(static connection => ((Http1Connection)connection!).Abort(), this);
        try
        {
            var isChunked = Http1RequestWriter.Write(_output, request, terms);
            if (request.Body is { } body)
            {
                _expectation = Http1Expectation.Of(request.Http.Request.Headers);
                _sending = SendBodyAsync(body, _expectation, new Http1RequestStream(_output, isChunked, _countWritten), cancellationToken);
            }
            else
            {
                _countWritten(_output.UnflushedBytes);
                await _output.FlushAsync(CancellationToken.None);
            }

            while (!TakeHead(await ReadAsync()))
            {
                // Interim answers, and parts of heads.
            }

            _response.Begin(request);
            if (cancellationToken != request.Cancellation)
            {
                // The limit of a try is for its head alone.
                _cancelled.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                _cancelled = request.Cancellation.UnsafeRegister(static connection => ((Http1Connection)connection!).Abort(), this);
            }

            return _response;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Reads ahead where nobody has yet, else takes what was read ahead.</summary>
    /// <returns>What has come.</returns>
    public ValueTask<ReadResult> ReadAsync()
    {
        if (!_hasAhead)
        {
            return _input.ReadAsync(CancellationToken.None);
        }

        _hasAhead = false;
        return _ahead;
    }

    /// <summary>Takes what has come, without waiting.</summary>
    /// <param name="result">What has come.</param>
    /// <returns>False when nothing has.</returns>
    public bool TryRead(out ReadResult result) => _input.TryRead(out result);

    /// <summary>Says what was used of the last read.</summary>
    /// <param name="consumed">Up to where.</param>
    /// <param name="examined">Up to where it was looked at.</param>
    /// <param name="count">How many bytes were used.</param>
    public void Advance(SequencePosition consumed, SequencePosition examined, long count)
    {
        _input.AdvanceTo(consumed, examined);
        _bytes.AddSent(count);
    }

    /// <summary>The answer is over: the connection waits for the next request, if it may.</summary>
    /// <param name="keepsAlive">Whether the endpoint takes another request.</param>
    public void Finish(bool keepsAlive)
    {
        _cancelled.Dispose();

        // An answer that came before the whole request leaves the rest of it to be sent by nobody.
        if (!keepsAlive || !_sending.IsCompletedSuccessfully || Volatile.Read(ref _isClosed) != 0)
        {
            Dispose();
            return;
        }

        IsReused = true;
#pragma warning disable CA2012 // It is awaited once: by the next request.
        _ahead = _input.ReadAsync(CancellationToken.None);
#pragma warning restore CA2012
        _hasAhead = true;
        if (_ahead.IsCompleted || !_pool.TryReturn(this))
        {
            Dispose();
        }
    }

    /// <summary>Ends the connection; one with a request under way is reset.</summary>
    public void Dispose()
    {
        _cancelled.Dispose();
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        _expectation?.Answer(isAsked: false);
        if (!_sending.IsCompletedSuccessfully)
        {
            _upstream.Abort(new ConnectionAbortedException("the request was not sent to its end"));
        }

        _response.Dispose();
        _closed(_mesh);
    }

    private void Abort() => _upstream.Abort(new ConnectionAbortedException("the request was given up"));

    private async Task SendBodyAsync(RequestBody body, Http1Expectation? expectation, Http1RequestStream stream, CancellationToken cancellationToken)
    {
        try
        {
            if (expectation is not null)
            {
                await stream.FlushAsync(cancellationToken);
                await expectation.WaitAsync(_pool.Time, cancellationToken);
            }

            await body.CopyToAsync(stream, cancellationToken);
            await stream.EndAsync(body.Trailers, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            if (body.ClientFault is not null)
            {
                // Nothing more will come for the endpoint to answer to.
                Abort();
            }

            // Else the endpoint takes no more: its answer says why, and may be on its way.
            throw;
        }
    }

    /// <summary>Takes a head from what has come.</summary>
    /// <returns>True for one that is no interim answer (RFC 9110 section 15.2).</returns>
    private bool TakeHead(in ReadResult read)
    {
        var buffer = read.Buffer;
        HasAnswer |= !buffer.IsEmpty;
        var isWhole = false;
        var length = 0;
        try
        {
            isWhole = TryReadHead(buffer, out length);
        }
        finally
        {
            var consumed = buffer.GetPosition(isWhole ? length : 0);
            Advance(consumed, isWhole ? consumed : buffer.End, isWhole ? length : 0);
        }

        if (!isWhole)
        {
            return read.IsCompleted ? throw new IOException("the endpoint closed the connection before the head of its answer was there") : false;
        }

        var isFinal = _response.Head.Status is >= 200 or 101;
        if (isFinal || _response.Head.Status == StatusCodes.Status100Continue)
        {
            _expectation?.Answer(isAsked: !isFinal);
        }

        return isFinal;
    }

    private bool TryReadHead(in ReadOnlySequence<byte> buffer, out int length)
    {
        if (buffer.IsSingleSegment)
        {
            return _response.Head.TryRead(buffer.FirstSpan, out length);
        }

        var size = (int)Math.Min(buffer.Length, Http1Head.LongestHead + 1);
        var copy = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            buffer.Slice(0, size).CopyTo(copy);
            return _response.Head.TryRead(copy.AsSpan(0, size), out length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
