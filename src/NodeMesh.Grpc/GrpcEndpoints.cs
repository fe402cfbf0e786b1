using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace NodeMesh.Grpc;

/// <summary>Serves gRPC methods as endpoints of ASP.NET Core.</summary>
public static class GrpcEndpoints
{
    /// <summary>Serves a method with one request and one response.</summary>
    /// <typeparam name="TRequest">The request's message.</typeparam>
    /// <typeparam name="TResponse">The response's message.</typeparam>
    /// <param name="routes">Where to add it.</param>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers a call; its token is cancelled at the deadline and when the client goes. A <see cref="GrpcException"/> becomes the status; any other exception is logged and becomes UNKNOWN without its text.</param>
    /// <param name="options">Limits; null: the defaults.</param>
    /// <returns>The endpoint.</returns>
    public static IEndpointConventionBuilder MapGrpcUnary<TRequest, TResponse>(
        this IEndpointRouteBuilder routes,
        GrpcMethod<TRequest, TResponse> method,
        Func<TRequest, GrpcServerContext, CancellationToken, Task<TResponse>> handler,
        GrpcServerOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var settings = options ?? GrpcServerOptions.Default;
        return routes.MapPost(method.Path, http => GrpcServerCall.RunAsync(http, method.Path, settings, async (context, cancellationToken) =>
        {
            var reader = new GrpcMessageReader<TRequest>(http.Request.BodyReader, method.RequestParser, settings.MaxReceiveMessageBytes);
            var request = await reader.ReadAsync(cancellationToken)
                ?? throw new GrpcException(GrpcStatusCode.Internal, "the call has no request message");
            var response = await handler(request, context, cancellationToken);
            await new HttpServerStream<TResponse>(http.Response).WriteAsync(response, cancellationToken);
        }));
    }

    /// <summary>Serves a method in which both sides write as they like.</summary>
    /// <typeparam name="TRequest">The request's message.</typeparam>
    /// <typeparam name="TResponse">The response's message.</typeparam>
    /// <param name="routes">Where to add it.</param>
    /// <param name="method">The method.</param>
    /// <param name="handler">Serves a call until its task ends; as in <see cref="MapGrpcUnary"/>. The requests end when the client half-closes.</param>
    /// <param name="options">Limits; null: the defaults.</param>
    /// <returns>The endpoint.</returns>
    public static IEndpointConventionBuilder MapGrpcDuplex<TRequest, TResponse>(
        this IEndpointRouteBuilder routes,
        GrpcMethod<TRequest, TResponse> method,
        Func<IAsyncEnumerable<TRequest>, GrpcServerStream<TResponse>, GrpcServerContext, CancellationToken, Task> handler,
        GrpcServerOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var settings = options ?? GrpcServerOptions.Default;
        return routes.MapPost(method.Path, http => GrpcServerCall.RunAsync(http, method.Path, settings, (context, cancellationToken) =>
        {
            var reader = new GrpcMessageReader<TRequest>(http.Request.BodyReader, method.RequestParser, settings.MaxReceiveMessageBytes);
            return handler(ReadAllAsync(reader, http.Response, cancellationToken), new HttpServerStream<TResponse>(http.Response), context, cancellationToken);
        }));
    }

    private static async IAsyncEnumerable<TRequest> ReadAllAsync<TRequest>(
        GrpcMessageReader<TRequest> reader,
        HttpResponse response,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
    {
        // The client learns that its call was taken before it has to send anything.
        await response.StartAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken) is { } request)
        {
            yield return request;
        }
    }
}
