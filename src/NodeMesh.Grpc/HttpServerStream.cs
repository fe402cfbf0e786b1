using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Grpc;

/// <summary>Responses as the body of an HTTP response.</summary>
internal sealed class HttpServerStream<TResponse>(HttpResponse response) : GrpcServerStream<TResponse>
    where TResponse : class, IMessage<TResponse>
{
    public override async ValueTask WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        GrpcMessageWriter.Write(response.BodyWriter, message);
        var result = await response.BodyWriter.FlushAsync(cancellationToken);
        if (result.IsCompleted)
        {
            throw new IOException("the client went away");
        }
    }
}
