using System.Net;

namespace NodeMesh.Grpc;

/// <summary>A request body that its owner writes while the response is being read: HTTP/2 sends content of unknown length as it comes.</summary>
internal sealed class GrpcDuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The request's body once the connection is there.</summary>
    public Task<Stream> OpenedAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Half-closes the request.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Wakes a writer that waits for a connection which will not come.</summary>
    public void Fail(Exception exception)
    {
        _opened.TrySetException(exception);
        _completed.TrySetResult();
        _ = _opened.Task.Exception;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // The headers leave now, not with the first message: the server may want to speak first.
            await stream.FlushAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // The server may have answered and closed the stream before the body began; a writer must not wait for it.
            Fail(e);
            throw;
        }

        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
