using Google.Protobuf;

namespace NodeMesh.Grpc;

/// <summary>A method of a service and how its messages are read.</summary>
/// <typeparam name="TRequest">The request's message.</typeparam>
/// <typeparam name="TResponse">The response's message.</typeparam>
/// <param name="Service">The service's full name, <c>package.Service</c>.</param>
/// <param name="Name">The method's name.</param>
/// <param name="RequestParser">Reads requests.</param>
/// <param name="ResponseParser">Reads responses.</param>
public sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, MessageParser<TRequest> RequestParser, MessageParser<TResponse> ResponseParser)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The HTTP path, <c>/package.Service/Method</c>.</summary>
    public string Path => $"/{Service}/{Name}";
}
