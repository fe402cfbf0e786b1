namespace NodeMesh.Grpc;

/// <summary>Where a server's handler writes its responses; one write at a time.</summary>
/// <typeparam name="TResponse">The response's message.</typeparam>
public abstract class GrpcServerStream<TResponse>
{
    /// <summary>Sends one message, waiting while the client does not read.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up; the call is then of no further use.</param>
    /// <returns>A task that ends when the transport has taken the message.</returns>
    /// <exception cref="IOException">The client is gone.</exception>
    public abstract ValueTask WriteAsync(TResponse message, CancellationToken cancellationToken);
}
