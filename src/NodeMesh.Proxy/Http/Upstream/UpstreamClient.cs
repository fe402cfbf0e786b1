using System.Net;
using System.Text;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>An HTTP client whose connections a callback makes.</summary>
internal static class UpstreamClient
{
    /// <summary>Servers' own limits are rarely shorter (nginx: 75 s); one that closes earlier is noticed, as idle connections are being read.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    /// <summary>Makes one.</summary>
    /// <param name="limits">What a policy says of its connections; null for nothing.</param>
    /// <param name="isSingle">True for one that has one connection at most at a time.</param>
    /// <param name="connect">Makes connections.</param>
    /// <returns>The client.</returns>
    public static HttpMessageInvoker Create(UpstreamLimits? limits, bool isSingle, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = !isSingle,
            MaxConnectionsPerServer = isSingle ? 1 : int.MaxValue,
            PooledConnectionIdleTimeout = limits?.IdleTimeout ?? IdleLimit,
            PooledConnectionLifetime = limits?.Lifetime ?? Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(1),

            // In KiB; Envoy's limit for responses, as for requests, is 60.
            MaxResponseHeadersLength = 60,
            InitialHttp2StreamWindowSize = 1024 * 1024,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = connect,
        },
        disposeHandler: true);
}
