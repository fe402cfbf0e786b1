using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Upstream.Http1;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Sends one try of a request to one endpoint, and says what became of it.</summary>
/// <param name="pools">The pods' upstream connections.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamExchange(UpstreamPools pools, TimeProvider time)
{
    /// <summary>RFC 9113 section 7.</summary>
    private const long RefusedStream = 7;

    private long _lastBody;

    /// <summary>Sends it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="way">Where to.</param>
    /// <param name="limits">What a policy says of connections to it; null for nothing.</param>
    /// <param name="terms">What the endpoint is told of the try.</param>
    /// <param name="perTry">How long this try may take to its response headers; zero for no limit beside the request's.</param>
    /// <returns>What became of it.</returns>
    public ValueTask<AttemptResult> SendAsync(MeshRequest request, UpstreamWay way, UpstreamLimits? limits, TryTerms terms, TimeSpan perTry)
    {
        var decision = way.Decision;
        if (perTry > TimeSpan.Zero)
        {
            return SendLimitedAsync(request, decision, way.IsHttp2, limits, terms, perTry);
        }

        if (decision.Route == OutboundRoute.Refuse || pools.Find(request.Pod) is not { } pool)
        {
            return SendAsync(request, decision, way.IsHttp2, limits, terms, request.Cancellation);
        }

        Note(request.Record, decision);
        return SendAsync(pool, way.FindTarget(pool, limits), request, terms, request.Cancellation);
    }

    /// <summary>Sends it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">Where to.</param>
    /// <param name="isHttp2">Whether the endpoint is spoken to in HTTP/2.</param>
    /// <param name="limits">What a policy says of connections to it; null for nothing.</param>
    /// <param name="terms">What the endpoint is told of the try.</param>
    /// <param name="cancellationToken">Gives the try up, until its response headers are there; with the request's own, or that itself.</param>
    /// <returns>What became of it.</returns>
    public ValueTask<AttemptResult> SendAsync(MeshRequest request, OutboundDecision decision, bool isHttp2, UpstreamLimits? limits, TryTerms terms, CancellationToken cancellationToken)
    {
        Note(request.Record, decision);
        if (decision.Route == OutboundRoute.Refuse)
        {
            return ValueTask.FromResult(
                AttemptResult.Failed(AttemptFailure.Connect, ResponseFlag.UpstreamConnectionFailure, "upstream_reset_before_response_started{connection_failure}", decision.Reason));
        }

        return pools.Find(request.Pod) is { } pool
            ? SendAsync(pool, pool.Find(decision, isHttp2, limits), request, terms, cancellationToken)
            : ValueTask.FromResult(
                AttemptResult.Failed(AttemptFailure.Connect, ResponseFlag.UpstreamConnectionFailure, "upstream_reset_before_response_started{connection_failure}", "the pod is gone", isFinal: true));
    }

    private async ValueTask<AttemptResult> SendLimitedAsync(MeshRequest request, OutboundDecision decision, bool isHttp2, UpstreamLimits? limits, TryTerms terms, TimeSpan perTry)
    {
        using var timer = new CancellationTokenSource(perTry, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, request.Cancellation);
        return await SendAsync(request, decision, isHttp2, limits, terms, both.Token);
    }

    private ValueTask<AttemptResult> SendAsync(PodUpstreams pool, UpstreamTarget target, MeshRequest request, TryTerms terms, CancellationToken cancellationToken)
    {
        var sent = time.GetTimestamp();

        // The base library's client knows what to do with a connection that changes its protocol.
        if (target is { IsHttp2: false, Counted: null } && !request.IsUpgrade)
        {
            return SendHttp1Async(pool, target, request, terms, sent, cancellationToken);
        }

        var message = UpstreamMessage.Create(request, target, request.Body, request.Http.Request.ContentLength);
        UpstreamMessage.Announce(message, terms, request.Record.IsGrpc);
        return target.Bodies is { } bodies && request.Body is { } body && MayHaveTrailers(request)
            ? SendMarkedAsync(pool, request, message, bodies, body, sent, cancellationToken)
            : SendAsync(pool, request, message, sent, cancellationToken);
    }

    /// <summary>gRPC has no trailers of requests, and HTTP/1.1 none where the length is known beforehand.</summary>
    private static bool MayHaveTrailers(MeshRequest request) => !request.Record.IsGrpc && (request.IsHttp2 || request.Http.Request.ContentLength is null);

    private async ValueTask<AttemptResult> SendMarkedAsync(
        PodUpstreams pool, MeshRequest request, HttpRequestMessage message, ConcurrentDictionary<long, RequestBody> bodies, RequestBody body, long sent, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastBody);
        bodies[id] = body;
        message.Headers.TryAddWithoutValidation(Http2RequestFrames.MarkName, Http2RequestFrames.ValueOf(id));
        try
        {
            return await SendAsync(pool, request, message, sent, cancellationToken);
        }
        finally
        {
            // Once there is an answer the request's own headers have gone out, and the connection knows the stream.
            bodies.TryRemove(id, out _);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptResult> SendHttp1Async(
        PodUpstreams pool, UpstreamTarget target, MeshRequest request, TryTerms terms, long sent, CancellationToken cancellationToken)
    {
        Http1Connection? connection = null;
        while (true)
        {
            try
            {
                connection = await pool.TakeAsync(target, request.Client, cancellationToken);
                var response = await connection.SendAsync(request, terms, cancellationToken);
                request.Record.UpstreamServiceTime = time.GetElapsedTime(sent);
                return AttemptResult.Answered(response);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
            {
                if (connection is { IsReused: true, HasAnswer: false } && IsRepeatable(request, e, cancellationToken))
                {
                    // The endpoint closed it just as the request came: on a connection that waited too long that is no failure of anybody.
                    connection = null;
                    continue;
                }

                return Classify(request, e, cancellationToken);
            }
        }
    }

    /// <summary>Only what may be done twice (RFC 9110 section 9.2.2): the endpoint may have read it before it closed.</summary>
    private static bool IsRepeatable(MeshRequest request, Exception error, CancellationToken cancellationToken) =>
        error is not (Http1FormatException or Http1ForbiddenException or UpstreamConnectException)
        && !cancellationToken.IsCancellationRequested
        && request.Body is null
        && UpstreamMessage.IsIdempotent(request.Method);

    private async ValueTask<AttemptResult> SendAsync(PodUpstreams pool, MeshRequest request, HttpRequestMessage message, long sent, CancellationToken cancellationToken)
    {
        try
        {
            var response = await pool.SendAsync(message, cancellationToken);
            request.Record.UpstreamServiceTime = time.GetElapsedTime(sent);
            return AttemptResult.Answered(new HttpClientResponse(response));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            return Classify(request, e, cancellationToken);
        }
    }

    private static AttemptResult Classify(MeshRequest request, Exception error, CancellationToken cancellationToken)
    {
        if (request.FindCancelCause() is var cause && cause != CancelCause.None)
        {
            return cause == CancelCause.ClientGone
                ? AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.DownstreamConnectionTermination, "downstream_remote_disconnect", null, isFinal: true)
                : AttemptResult.Failed(AttemptFailure.Timeout, ResponseFlag.UpstreamRequestTimeout, "response_timeout", null, isFinal: true);
        }

        if (request.Body?.ClientFault is { } fault)
        {
            return AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.DownstreamConnectionTermination, "downstream_remote_disconnect", fault.Message, isFinal: true);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return AttemptResult.Failed(AttemptFailure.Timeout, ResponseFlag.UpstreamRequestTimeout, "upstream_per_try_timeout", null);
        }

        if (Find<UpstreamConnectException>(error) is { } connect)
        {
            var denied = connect.Reason == ConnectionEndReason.PeerDenied;
            var flag = denied ? ResponseFlag.UpstreamConnectionFailure | ResponseFlag.Unauthorized : ResponseFlag.UpstreamConnectionFailure;
            return AttemptResult.Failed(AttemptFailure.Connect, flag, "upstream_reset_before_response_started{connection_failure}", connect.Message, denied);
        }

        if (Find<HttpProtocolException>(error) is { } protocol)
        {
            return protocol.ErrorCode == RefusedStream
                ? AttemptResult.Failed(AttemptFailure.RefusedStream, ResponseFlag.UpstreamRemoteReset, "upstream_reset_before_response_started{remote_refused_stream_reset}", error.Message)
                : AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.UpstreamRemoteReset, "upstream_reset_before_response_started{remote_reset}", error.Message);
        }

        if (error is Http1ForbiddenException)
        {
            return AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.DownstreamProtocolError, "http2.invalid_header", error.Message, isFinal: true);
        }

        return error is Http1FormatException or HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded }
            ? AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.UpstreamProtocolError, "upstream_reset_before_response_started{protocol_error}", error.Message)
            : AttemptResult.Failed(AttemptFailure.Reset, ResponseFlag.UpstreamConnectionTermination, "upstream_reset_before_response_started{connection_termination}", error.Message);
    }

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Notes where a request goes.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="decision">Where to.</param>
    public static void Note(RequestRecord record, OutboundDecision decision)
    {
        record.Upstream = decision.Endpoint;
        record.Tunnel = decision.Tunnel;
        record.DestinationWorkload = decision.Workload;
        record.Security = decision.Route switch
        {
            OutboundRoute.SameNode => ConnectionSecurity.SameNode,
            OutboundRoute.NodeTunnel or OutboundRoute.PodTunnel => ConnectionSecurity.MutualTls,
            _ => ConnectionSecurity.Plaintext,
        };
    }
}
