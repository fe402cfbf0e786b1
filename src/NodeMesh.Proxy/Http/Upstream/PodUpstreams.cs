using System.Collections.Concurrent;
using System.Net;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>The connections that requests of one pod leave by, kept between requests. Never shared between pods: the far end judges a connection by whose it is.</summary>
internal sealed class PodUpstreams : IDisposable
{
    /// <summary>Where the dialer finds the target of a request.</summary>
    public static readonly HttpRequestOptionsKey<UpstreamTarget> Target = new("nodemesh.target");

    /// <summary>Where the dialer finds the client's address.</summary>
    public static readonly HttpRequestOptionsKey<IPEndPoint> Source = new("nodemesh.source");

    /// <summary>Servers' own limits are rarely shorter (nginx: 75 s); one that closes earlier is noticed, as idle connections are being read.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    /// <summary>Targets that nothing was sent to for so long are forgotten; their connections are gone by then.</summary>
    private static readonly TimeSpan TargetLimit = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<UpstreamKey, UpstreamTarget> _targets = new();
    private readonly PodRuntime _pod;
    private readonly UpstreamDialer _dialer;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;
    private long _lastId;

    /// <summary>Begins without connections.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="dialer">Makes connections.</param>
    /// <param name="time">The clock.</param>
    public PodUpstreams(PodRuntime pod, UpstreamDialer dialer, TimeProvider time)
    {
        _pod = pod;
        _dialer = dialer;
        _time = time;
        _client = new HttpMessageInvoker(CreateHandler(), disposeHandler: true);
    }

    /// <summary>The target of a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="isHttp2">Whether the endpoint is spoken to in HTTP/2.</param>
    /// <returns>The same one for the same endpoint.</returns>
    public UpstreamTarget Find(OutboundDecision decision, bool isHttp2)
    {
        var key = UpstreamKey.Of(decision, isHttp2);
        if (!_targets.TryGetValue(key, out var target))
        {
            Forget();
            target = _targets.GetOrAdd(key, static (_, made) => made, new UpstreamTarget(Interlocked.Increment(ref _lastId), decision, isHttp2));
        }

        target.LastUsed = _time.GetTimestamp();
        return target;
    }

    /// <summary>Sends a request, on a kept connection where there is one.</summary>
    /// <param name="request">The request, with its target and source among its options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response, once its headers are there.</returns>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _client.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = IdleLimit,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
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
        ConnectCallback = ConnectAsync,
    };

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var options = context.InitialRequestMessage.Options;
        return options.TryGetValue(Target, out var target) && options.TryGetValue(Source, out var source)
            ? _dialer.ConnectAsync(_pod, target.Decision, source, cancellationToken)
            : throw new InvalidOperationException("a request without a target");
    }

    private void Forget()
    {
        foreach (var (key, target) in _targets)
        {
            if (_time.GetElapsedTime(target.LastUsed) > TargetLimit)
            {
                _targets.TryRemove(KeyValuePair.Create(key, target));
            }
        }
    }
}
