using System.Buffers;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>Calls a server's methods. Safe for any number of calls at once.</summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _address;
    private readonly GrpcChannelOptions _options;
    private readonly bool _ownsInvoker;

    /// <summary>Makes a channel; it connects with the first call.</summary>
    /// <param name="invoker">The HTTP client, as from <see cref="GrpcTransport.Create"/>.</param>
    /// <param name="address">Scheme, host and port; the path is ignored.</param>
    /// <param name="options">Limits; null: the defaults.</param>
    /// <param name="ownsInvoker">True: disposing the channel disposes the client.</param>
    public GrpcChannel(HttpMessageInvoker invoker, Uri address, GrpcChannelOptions? options = null, bool ownsInvoker = false)
    {
        _invoker = invoker;
        _address = address;
        _options = options ?? new GrpcChannelOptions();
        _ownsInvoker = ownsInvoker;
    }

    /// <summary>Calls a method with one request and one response.</summary>
    /// <typeparam name="TRequest">The request's message.</typeparam>
    /// <typeparam name="TResponse">The response's message.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Metadata and deadline.</param>
    /// <param name="cancellationToken">Gives up: the server sees a reset.</param>
    /// <returns>The response.</returns>
    /// <exception cref="GrpcException">The call ended with another status than OK, or the server cannot be reached (UNAVAILABLE).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var body = new ArrayBufferWriter<byte>(request.CalculateSize() + GrpcLimits.PrefixBytes);
        GrpcMessageWriter.Write(body, request);
        using var scope = new GrpcCallScope(options.Deadline, _options.TimeProvider, cancellationToken);
        try
        {
            using var message = CreateRequest(method.Path, options, new ReadOnlyMemoryContent(body.WrittenMemory));
            using var response = await _invoker.SendAsync(message, scope.Token);
            var reader = await GrpcResponse<TResponse>.OpenAsync(response, method.ResponseParser, _options.MaxReceiveMessageBytes, scope.Token);
            var result = await reader.ReadAsync(scope.Token);
            if (result is not null && await reader.ReadAsync(scope.Token) is not null)
            {
                throw new GrpcException(GrpcStatusCode.Internal, $"{method.Path} answered with several messages");
            }

            return result ?? throw new GrpcException(GrpcStatusCode.Internal, $"{method.Path} answered OK without a message");
        }
        catch (Exception e) when (scope.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Starts a call in which both sides write as they like.</summary>
    /// <typeparam name="TRequest">The request's message.</typeparam>
    /// <typeparam name="TResponse">The response's message.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="options">Metadata and deadline.</param>
    /// <param name="cancellationToken">Gives up: the server sees a reset.</param>
    /// <returns>The call, which its owner disposes.</returns>
    public GrpcDuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var scope = new GrpcCallScope(options.Deadline, _options.TimeProvider, cancellationToken);
        var content = new GrpcDuplexContent();
        var message = CreateRequest(method.Path, options, content);
        return new GrpcDuplexCall<TRequest, TResponse>(method, content, scope, _options.MaxReceiveMessageBytes, _invoker, message);
    }

    /// <summary>Closes the HTTP client if the channel owns it.</summary>
    public void Dispose()
    {
        if (_ownsInvoker)
        {
            _invoker.Dispose();
        }
    }

    private HttpRequestMessage CreateRequest(string path, GrpcCallOptions options, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcWire.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (options.Deadline is { } deadline)
        {
            request.Headers.TryAddWithoutValidation(GrpcWire.TimeoutHeader, GrpcWire.EncodeTimeout(deadline));
        }

        foreach (var (name, value) in options.Metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
