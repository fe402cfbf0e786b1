using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Sends one try of a request to one endpoint, and says what became of it.</summary>
/// <param name="pools">The pods' upstream connections.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamExchange(UpstreamPools pools, TimeProvider time)
{
    private const string GrpcStatus = "grpc-status";
    private const string RateLimited = "x-envoy-ratelimited";

    /// <summary>RFC 9113 section 7.</summary>
    private const long RefusedStream = 7;

    /// <summary>Sends it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">Where to.</param>
    /// <param name="isHttp2">Whether the endpoint is spoken to in HTTP/2.</param>
    /// <param name="limits">What a policy says of connections to it; null for nothing.</param>
    /// <param name="left">How long the endpoint's answer is waited for, as it is told; zero for no limit.</param>
    /// <param name="perTry">How long this try may take to its response headers; zero for no limit beside the request's.</param>
    /// <returns>What became of it.</returns>
    public async ValueTask<AttemptResult> SendAsync(MeshRequest request, OutboundDecision decision, bool isHttp2, UpstreamLimits? limits, TimeSpan left, TimeSpan perTry)
    {
        Note(request.Record, decision);
        if (decision.Route == OutboundRoute.Refuse)
        {
            return AttemptResult.Failed(AttemptFailure.Connect, ResponseFlag.UpstreamConnectionFailure, "upstream_reset_before_response_started{connection_failure}", decision.Reason);
        }

        if (pools.Find(request.Pod) is not { } pool)
        {
            return AttemptResult.Failed(AttemptFailure.Connect, ResponseFlag.UpstreamConnectionFailure, "upstream_reset_before_response_started{connection_failure}", "the pod is gone", isFinal: true);
        }

        var length = request.Http.Request.ContentLength;
        var message = UpstreamMessage.Create(request, pool.Find(decision, isHttp2, limits), request.Body, length);
        UpstreamMessage.Announce(message, request.Record.Attempts, left, request.Record.IsGrpc);
        var sent = time.GetTimestamp();
        if (perTry <= TimeSpan.Zero)
        {
            return await SendAsync(pool, request, message, sent, request.Cancellation);
        }

        using var timer = new CancellationTokenSource(perTry, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, request.Cancellation);
        return await SendAsync(pool, request, message, sent, both.Token);
    }

    private async ValueTask<AttemptResult> SendAsync(PodUpstreams pool, MeshRequest request, HttpRequestMessage message, long sent, CancellationToken cancellationToken)
    {
        try
        {
            var response = await pool.SendAsync(message, cancellationToken);
            request.Record.UpstreamServiceTime = time.GetElapsedTime(sent);
            return AttemptResult.Answered(response, OutcomeOf(response));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            return Classify(request, e, cancellationToken);
        }
    }

    private static AttemptOutcome OutcomeOf(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        var grpc = headers.TryGetValues(GrpcStatus, out var status)
            && int.TryParse(status.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        return AttemptOutcome.Answered((int)response.StatusCode, grpc, headers.Contains(RateLimited));
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

        return error is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded }
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

    private static void Note(RequestRecord record, OutboundDecision decision)
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
