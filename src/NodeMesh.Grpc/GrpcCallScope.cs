using System.Net;

namespace NodeMesh.Grpc;

/// <summary>The life of one call on the client: the caller's token, the deadline, and which of them an error comes from.</summary>
internal sealed class GrpcCallScope : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _linked;

    public GrpcCallScope(TimeSpan? deadline, TimeProvider time, CancellationToken caller)
    {
        _caller = caller;
        _deadline = deadline switch
        {
            null => new CancellationTokenSource(),
            { } d when d <= TimeSpan.Zero => new CancellationTokenSource(TimeSpan.Zero, time),
            { } d => new CancellationTokenSource(d, time),
        };
        _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _deadline.Token);
        Token = _linked.Token;
    }

    public CancellationToken Token { get; }

    public void Cancel()
    {
        try
        {
            _linked.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended at the same moment.
        }
    }

    /// <summary>The exception that the caller should see; null: the given one.</summary>
    public Exception? Translate(Exception exception)
    {
        if (exception is GrpcException or ObjectDisposedException)
        {
            return null;
        }

        if (_caller.IsCancellationRequested)
        {
            return exception is OperationCanceledException ? null : new OperationCanceledException("the call was cancelled", exception, _caller);
        }

        if (_deadline.IsCancellationRequested)
        {
            return new GrpcException(GrpcStatusCode.DeadlineExceeded, "the deadline passed", exception);
        }

        if (_linked.IsCancellationRequested)
        {
            return new GrpcException(GrpcStatusCode.Cancelled, "the call was disposed", exception);
        }

        return exception switch
        {
            HttpRequestException { InnerException: HttpProtocolException p } => FromProtocol(p, exception),
            HttpProtocolException p => FromProtocol(p, exception),
            IOException { InnerException: HttpProtocolException p } => FromProtocol(p, exception),
            HttpRequestException or IOException or HttpListenerException => new GrpcException(GrpcStatusCode.Unavailable, Describe(exception), exception),
            OperationCanceledException => new GrpcException(GrpcStatusCode.Unavailable, "the server could not be reached in time", exception),
            _ => null,
        };
    }

    public void Dispose()
    {
        _linked.Dispose();
        _deadline.Dispose();
    }

    private static GrpcException FromProtocol(HttpProtocolException protocol, Exception exception) =>
        new(GrpcWire.FromHttp2Error(protocol.ErrorCode), $"the stream was reset: {protocol.Message}", exception);

    private static string Describe(Exception exception) =>
        exception.InnerException is { } inner && inner.Message != exception.Message ? $"{exception.Message}: {inner.Message}" : exception.Message;
}
