using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>
/// Sends copies of requests, beside the requests themselves: with limits of their own, once each, and nobody waits for them. They are in no access line and in
/// none of the request metrics of the client's side, which count what clients asked for.
/// </summary>
/// <param name="pools">The pods' upstream connections.</param>
/// <param name="directory">The services' endpoints.</param>
/// <param name="observer">Counts them; null for nobody.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are told.</param>
internal sealed partial class MirrorSender(UpstreamPools pools, UpstreamDirectory directory, IPipelineObserver? observer, TimeProvider time, ILogger<MirrorSender> log) : IAsyncDisposable
{
    /// <summary>Envoy's buffer of a stream: a body that falls behind by more is copied no further.</summary>
    public const int BodyLimit = 1024 * 1024;

    /// <summary>Copies under way at once; endpoints that never answer must not eat the node's memory.</summary>
    private const int MostUnderWay = 1024;

    /// <summary>How long an answer is waited for, and read, once the request is complete and where its rule says nothing.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _underWay = new();
    private long _lastId;
    private int _count;

    /// <summary>Sends a copy. Returns at once; what it needs of the request is taken before.</summary>
    /// <param name="request">The request, as its backend gets it.</param>
    /// <param name="mirror">Where the copy goes.</param>
    public void Send(MeshRequest request, RequestMirror mirror)
    {
        if (Prepare(request, mirror) is not { } copy)
        {
            observer?.RequestMirrored(MirrorResult.Dropped);
            return;
        }

        if (copy.Body is { } body)
        {
            (request.Copies ??= []).Add(body);
        }

        var id = Interlocked.Increment(ref _lastId);
        var sending = Task.Run(() => SendLoggedAsync(copy, id));
        _underWay[id] = sending;
        if (sending.IsCompleted)
        {
            _underWay.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_underWay.Values);
        _stopping.Dispose();
    }

    private Copy? Prepare(MeshRequest request, RequestMirror mirror)
    {
        var backend = mirror.Backend;
        if (backend.Fault != BackendFault.None || request.Model.FindService(backend.Service) is not { } service || pools.Find(request.Pod) is not { } pool)
        {
            return null;
        }

        var port = backend.Port == 0 ? request.Port : backend.Port;
        var cluster = directory.FindCluster(request, service, port, backend.Subset);

        // The client is given no cookie for the sake of a copy.
        var hash = cluster.Settings.LoadBalancer?.Hash is { } policy ? RequestHash.Of(request, policy with { CookieTtl = null }, Random.Shared) : null;
        var isHttp2 = UpstreamDirectory.SpeaksHttp2(request, service, port, cluster.Settings);
        if (UpstreamDirectory.Choose(request, service, cluster, new EndpointQuery { Hash = hash }) is not { } endpoint
            || directory.Decide(request, service, cluster, endpoint, isHttp2) is not { Route: not OutboundRoute.Refuse } decision)
        {
            return null;
        }

        if (Interlocked.Increment(ref _count) > MostUnderWay)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var body = request.HasBody ? new BodyCopy(BodyLimit) : null;
        var message = UpstreamMessage.Create(request, pool.Find(decision, isHttp2, cluster.Limits), body, request.Http.Request.ContentLength);

        // The copy's body comes anyway.
        message.Headers.Remove("Expect");
        if (request.Rule?.Origin.Resource.Kind == "VirtualService")
        {
            // By this Envoy's users, and so Istio's, tell copies from requests. The Gateway API's copies are like the requests.
            message.Headers.Remove("Host");
            message.Headers.TryAddWithoutValidation("Host", Shadow(request.Authority));
        }

        return new Copy(pool, cluster, endpoint, message, body, isHttp2, request.Rule?.Timeout is { } limit && limit > TimeSpan.Zero ? limit : AnswerLimit);
    }

    private static string Shadow(string authority)
    {
        var port = authority.LastIndexOf(':');
        return port > authority.LastIndexOf(']') ? $"{authority[..port]}-shadow{authority[port..]}" : $"{authority}-shadow";
    }

    private async Task SendLoggedAsync(Copy copy, long id)
    {
        var result = MirrorResult.Failed;
        try
        {
            result = await SendAsync(copy);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            result = copy.Body is { IsTooSlow: true } ? MirrorResult.Dropped : MirrorResult.Failed;
        }
        catch (Exception e)
        {
            LogFault(e, copy.Endpoint.Uid);
        }
        finally
        {
            copy.Message.Dispose();
            copy.Body?.Release();
            Interlocked.Decrement(ref _count);
            observer?.RequestMirrored(result);
            _underWay.TryRemove(id, out _);
        }
    }

    private async Task<MirrorResult> SendAsync(Copy copy)
    {
        using var limit = new CancellationTokenSource(copy.Body is null ? copy.Limit : Timeout.InfiniteTimeSpan, time);
        using var stop = _stopping.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        if (!await copy.Cluster.Circuit.EnterRequestAsync(copy.IsHttp2, limit.Token))
        {
            return MirrorResult.Dropped;
        }

        copy.Endpoint.Enter();
        try
        {
            if (copy.Body is { } body)
            {
                // A body may take as long as the client wants; its end begins the wait for the answer.
                body.OnEnded(isWhole => End(limit, isWhole ? copy.Limit : TimeSpan.Zero));
            }

            using var response = await copy.Pool.SendAsync(copy.Message, limit.Token);
            copy.Cluster.Report(copy.Endpoint, AttemptOutcome.Answered((int)response.StatusCode));
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            return MirrorResult.Answered;
        }
        catch (HttpRequestException) when (copy.Body is not { IsTooSlow: true })
        {
            copy.Cluster.Report(copy.Endpoint, AttemptOutcome.Failed(AttemptFailure.Reset));
            throw;
        }
        finally
        {
            copy.Endpoint.Exit();
            copy.Cluster.Circuit.ExitRequest();
        }
    }

    private static void End(CancellationTokenSource limit, TimeSpan time)
    {
        try
        {
            limit.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // Answered before the end of the body.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the copy of a request to {Endpoint} failed by a fault of the proxy")]
    private partial void LogFault(Exception exception, string endpoint);

    private sealed record Copy(
        PodUpstreams Pool, UpstreamCluster Cluster, UpstreamEndpoint Endpoint, HttpRequestMessage Message, BodyCopy? Body, bool IsHttp2, TimeSpan Limit);
}
