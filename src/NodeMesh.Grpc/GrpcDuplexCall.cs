using System.Buffers;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>A call in which both sides write as they like. One writer and one reader may work at the same time.</summary>
/// <typeparam name="TRequest">The request's message.</typeparam>
/// <typeparam name="TResponse">The response's message.</typeparam>
public sealed class GrpcDuplexCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly GrpcMethod<TRequest, TResponse> _method;
    private readonly GrpcDuplexContent _content;
    private readonly GrpcCallScope _scope;
    private readonly int _maxMessageBytes;
    private readonly HttpRequestMessage _request;
    private readonly Task<HttpResponseMessage> _response;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal GrpcDuplexCall(GrpcMethod<TRequest, TResponse> method, GrpcDuplexContent content, GrpcCallScope scope, int maxMessageBytes, HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        _method = method;
        _content = content;
        _scope = scope;
        _maxMessageBytes = maxMessageBytes;
        _request = request;
        _response = SendAsync(invoker);
    }

    /// <summary>Sends one message, waiting for the connection and while the server does not read.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up waiting; the call is then of no further use.</param>
    /// <returns>A task that ends when the transport has taken the message.</returns>
    /// <exception cref="GrpcException">The call is over, with the status that it ended with, or UNAVAILABLE when only the transport knows.</exception>
    public async ValueTask WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _content.OpenedAsync(cancellationToken);
            _buffer.ResetWrittenCount();
            GrpcMessageWriter.Write(_buffer, message);
            await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw await ExplainAsync(e, cancellationToken);
        }
    }

    /// <summary>Half-closes: the server sees the end of the requests.</summary>
    /// <returns>A task that ends at once.</returns>
    public ValueTask CompleteAsync()
    {
        _content.Complete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until the server has taken the call.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends with the response's headers.</returns>
    /// <exception cref="GrpcException">The server refused the call or cannot be reached.</exception>
    public async Task WaitForHeadersAsync(CancellationToken cancellationToken) => await OpenAsync(cancellationToken);

    /// <summary>Reads the responses; call it once.</summary>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <returns>The responses until the server ends the call with OK.</returns>
    /// <exception cref="GrpcException">The call ended with another status.</exception>
    public async IAsyncEnumerable<TResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_scope.Token, cancellationToken);
        var reader = await OpenAsync(linked.Token);
        while (await ReadAsync(reader, linked.Token) is { } message)
        {
            yield return message;
        }
    }

    /// <summary>Ends the call: what is not finished is reset.</summary>
    /// <returns>A task that ends when nothing of the call is left.</returns>
    public async ValueTask DisposeAsync()
    {
        _scope.Cancel();
        try
        {
            (await _response).Dispose();
        }
        catch (Exception e) when (e is GrpcException or OperationCanceledException)
        {
            // The call had ended already.
        }

        _request.Dispose();
        _scope.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker)
    {
        try
        {
            return await invoker.SendAsync(_request, _scope.Token);
        }
        catch (Exception e)
        {
            var translated = _scope.Translate(e) ?? e;
            _content.Fail(translated);
            throw translated;
        }
    }

    /// <summary>A server that refuses a call closes the stream under the writer, too: the status says more than the broken write.</summary>
    private async ValueTask<Exception> ExplainAsync(Exception exception, CancellationToken cancellationToken)
    {
        try
        {
            await OpenAsync(cancellationToken);
        }
        catch (GrpcException status)
        {
            return status;
        }

        return _scope.Translate(exception) ?? new GrpcException(GrpcStatusCode.Unavailable, "the server has ended the call", exception);
    }

    private async Task<GrpcResponse<TResponse>> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var response = await _response.WaitAsync(cancellationToken);
            return await GrpcResponse<TResponse>.OpenAsync(response, _method.ResponseParser, _maxMessageBytes, cancellationToken);
        }
        catch (Exception e) when (_scope.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    private async ValueTask<TResponse?> ReadAsync(GrpcResponse<TResponse> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (_scope.Translate(e) is { } translated)
        {
            throw translated;
        }
    }
}
