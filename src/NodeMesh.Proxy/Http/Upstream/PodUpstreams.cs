using System.Collections.Concurrent;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Upstream.Http1;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>The connections that requests of one pod leave by, kept between requests. Never shared between pods: the far end judges a connection by whose it is.</summary>
internal sealed class PodUpstreams : IDisposable
{
    /// <summary>Where the dialer finds the target of a request.</summary>
    public static readonly HttpRequestOptionsKey<UpstreamTarget> Target = new("nodemesh.target");

    /// <summary>Where the dialer finds the client's address.</summary>
    public static readonly HttpRequestOptionsKey<IPEndPoint> Source = new("nodemesh.source");

    /// <summary>Targets that nothing was sent to for so long are forgotten; their connections are gone by then.</summary>
    private static readonly TimeSpan TargetLimit = TimeSpan.FromMinutes(10);

    /// <summary>One that was used since cannot be forgotten before it is used again.</summary>
    private static readonly TimeSpan FreshLimit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<UpstreamKey, UpstreamTarget> _targets = new();

    // By what the client itself looks after; few, as policies are few.
    private readonly ConcurrentDictionary<(TimeSpan? Idle, TimeSpan? Lifetime), Lazy<HttpMessageInvoker>> _limited = new();
    private readonly PodRuntime _pod;
    private readonly UpstreamDialer _dialer;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;
    private readonly ITimer _sweep;
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
        _client = UpstreamClient.Create(null, isSingle: false, ConnectAsync);
        _sweep = time.CreateTimer(static pod => ((PodUpstreams)pod!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    /// <summary>The target of a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="isHttp2">Whether the endpoint is spoken to in HTTP/2.</param>
    /// <param name="limits">What a policy says of connections to it; null for nothing.</param>
    /// <returns>The same one for the same endpoint and limits.</returns>
    public UpstreamTarget Find(OutboundDecision decision, bool isHttp2, UpstreamLimits? limits)
    {
        var key = UpstreamKey.Of(decision, isHttp2, limits);
        if (!_targets.TryGetValue(key, out var target))
        {
            Forget();
            var made = new UpstreamTarget(Interlocked.Increment(ref _lastId), decision, isHttp2, limits, _time)
            {
                Counted = limits is { CountsRequests: true }
                    ? new CountedConnections(limits, isHttp2, () => UpstreamClient.Create(limits, isSingle: true, ConnectAsync), _time)
                    : null,
            };
            target = _targets.GetOrAdd(key, made);
        }

        target.LastUsed = _time.GetTimestamp();
        return target;
    }

    /// <summary>Uses a target that was found before.</summary>
    /// <param name="target">The target.</param>
    /// <returns>False when it was not used for so long that it may have been forgotten.</returns>
    public bool TryUse(UpstreamTarget target)
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(target.LastUsed, now) > FreshLimit)
        {
            return false;
        }

        target.LastUsed = now;
        return true;
    }

    /// <summary>Sends a request, on a kept connection where there is one.</summary>
    /// <param name="request">The request, with its target and source among its options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response, once its headers are there.</returns>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        !request.Options.TryGetValue(Target, out var target) || target.Limits is not { } limits ? _client.SendAsync(request, cancellationToken)
        : target.Counted is { } counted ? counted.SendAsync(request, cancellationToken)
        : Limited(limits).SendAsync(request, cancellationToken);

    /// <summary>A connection of HTTP/1.1 that waits for a request, else a new one.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="client">The client's connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="UpstreamConnectException">There is no way.</exception>
    public ValueTask<Http1Connection> TakeAsync(UpstreamTarget target, MeshConnection client, CancellationToken cancellationToken) =>
        target.Idle.TryTake(client.Loop) is { } idle ? ValueTask.FromResult(idle) : ConnectAsync(target, client, cancellationToken);

    /// <summary>Makes a connection and closes it: a health check asks for no more.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="source">The pod's address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it was made.</returns>
    /// <exception cref="UpstreamConnectException">There is no way.</exception>
    public async ValueTask ConnectOnceAsync(UpstreamTarget target, IPEndPoint source, CancellationToken cancellationToken) =>
        _dialer.Close(await DialAsync(target, source, cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweep.Dispose();
        _client.Dispose();
        foreach (var client in _limited.Values)
        {
            client.Value.Dispose();
        }

        foreach (var target in _targets.Values)
        {
            target.Counted?.Dispose();
            target.Idle.Dispose();
        }
    }

    private HttpMessageInvoker Limited(UpstreamLimits limits) => limits is { IdleTimeout: null, Lifetime: null }
        ? _client
        : _limited.GetOrAdd(
            (limits.IdleTimeout, limits.Lifetime),
            static (_, made) => new Lazy<HttpMessageInvoker>(() => UpstreamClient.Create(made.Limits, isSingle: false, made.Owner.ConnectAsync)),
            (Limits: limits, Owner: this)).Value;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var options = context.InitialRequestMessage.Options;
        if (!options.TryGetValue(Target, out var target) || !options.TryGetValue(Source, out var source))
        {
            throw new InvalidOperationException("a request without a target");
        }

        var mesh = await DialAsync(target, source, cancellationToken);
        return new UpstreamStream(mesh.Upstream!, mesh, _dialer.Close, target.Bodies is { } bodies ? new Http2RequestFrames(bodies, target.Decision.Tls is not null) : null);
    }

    private async ValueTask<Http1Connection> ConnectAsync(UpstreamTarget target, MeshConnection client, CancellationToken cancellationToken) =>
        new(target.Idle, await DialAsync(target, client.Record.Source, cancellationToken), _dialer.Close, client.Loop);

    private async ValueTask<MeshConnection> DialAsync(UpstreamTarget target, IPEndPoint source, CancellationToken cancellationToken)
    {
        if (target.Limits?.ConnectTimeout is not { } limit)
        {
            return await _dialer.DialAsync(_pod, target, source, cancellationToken);
        }

        using var timer = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await _dialer.DialAsync(_pod, target, source, both.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamConnectException(ConnectionEndReason.ConnectFailed, $"no connection within {limit.TotalSeconds:0.###} s, the connectTimeout of the traffic policy");
        }
    }

    private void Sweep()
    {
        foreach (var target in _targets.Values)
        {
            target.Idle.Sweep();
        }
    }

    private void Forget()
    {
        foreach (var (key, target) in _targets)
        {
            if (_time.GetElapsedTime(target.LastUsed) > TargetLimit && _targets.TryRemove(KeyValuePair.Create(key, target)))
            {
                target.Counted?.Dispose();
                target.Idle.Dispose();
            }
        }
    }
}
