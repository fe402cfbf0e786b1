using System.IO.Pipelines;
using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>Reads a response: its messages, and its status from headers ("Trailers-Only") or trailers.</summary>
internal sealed class GrpcResponse<T>
    where T : class, IMessage<T>
{
    private readonly HttpResponseMessage _response;
    private readonly GrpcMessageReader<T> _reader;

    private GrpcResponse(HttpResponseMessage response, GrpcMessageReader<T> reader)
    {
        _response = response;
        _reader = reader;
    }

    /// <exception cref="GrpcException">The response is an error or no gRPC.</exception>
    public static async Task<GrpcResponse<T>> OpenAsync(HttpResponseMessage response, MessageParser<T> parser, int maxMessageBytes, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues(GrpcWire.StatusHeader, out var status))
        {
            ThrowUnlessOk(string.Join(',', status), Message(response.Headers));
        }

        if ((int)response.StatusCode != 200)
        {
            throw new GrpcException(GrpcWire.FromHttpStatus((int)response.StatusCode), $"the server answered HTTP {(int)response.StatusCode} without a gRPC status");
        }

        if (response.Content.Headers.ContentType?.MediaType?.StartsWith(GrpcWire.ContentType, StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new GrpcException(GrpcStatusCode.Unknown, $"the server answered with content type '{response.Content.Headers.ContentType}', which is not gRPC");
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));
        return new GrpcResponse<T>(response, new GrpcMessageReader<T>(input, parser, maxMessageBytes));
    }

    /// <returns>The next message; null at the end of a call that ended OK.</returns>
    /// <exception cref="GrpcException">The call ended with another status.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        var message = await _reader.ReadAsync(cancellationToken);
        if (message is null && !_response.Headers.Contains(GrpcWire.StatusHeader))
        {
            ThrowUnlessOk(
                _response.TrailingHeaders.TryGetValues(GrpcWire.StatusHeader, out var status)
                    ? string.Join(',', status)
                    : throw new GrpcException(GrpcStatusCode.Internal, "the response ended without a grpc-status"),
                Message(_response.TrailingHeaders));
        }

        return message;
    }

    private static string Message(System.Net.Http.Headers.HttpResponseHeaders headers) =>
        headers.TryGetValues(GrpcWire.MessageHeader, out var values) ? GrpcWire.DecodeMessage(string.Join(',', values)) : "";

    private static void ThrowUnlessOk(string status, string message)
    {
        var code = GrpcWire.DecodeStatus(status);
        if (code != GrpcStatusCode.Ok)
        {
            throw new GrpcException(code, message);
        }
    }
}
