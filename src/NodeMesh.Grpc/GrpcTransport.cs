namespace NodeMesh.Grpc;

/// <summary>Makes the HTTP client under a channel.</summary>
public static class GrpcTransport
{
    /// <summary>Makes a client that speaks HTTP/2 only, follows nothing, stores nothing, and notices a dead server by PING.</summary>
    /// <param name="options">How connections are made.</param>
    /// <returns>The client; its owner disposes it, which closes its connections.</returns>
    public static HttpMessageInvoker Create(GrpcTransportOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = options.ConnectCallback,
        };
        if (options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
