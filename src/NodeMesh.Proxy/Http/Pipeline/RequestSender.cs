using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// The end of the pipeline: sends a request to an endpoint of its backend, to another one where policy and the request allow it, and gives the client the
/// answer. Nothing is tried again once a byte of a response has gone out.
/// </summary>
/// <param name="exchange">Sends one try.</param>
/// <param name="directory">The backends' endpoints.</param>
/// <param name="hedges">Sends tries that run at once.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestSender(UpstreamExchange exchange, UpstreamDirectory directory, HedgedSender hedges, Random random, TimeProvider time)
{
    /// <summary>Bytes of a body that are kept for another try: Envoy keeps as many at most before it streams.</summary>
    private const int ReplayLimit = 64 * 1024;

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request, with its backend chosen.</param>
    /// <returns>When it has been answered or aborted.</returns>
    public async Task SendAsync(MeshRequest request)
    {
        var policy = request.Rule?.Retry ?? RetryPolicy.Default;
        var service = request.BackendService!;
        var port = request.BackendPort;
        var cluster = directory.FindCluster(request, service, port, request.Backend?.Subset ?? "");
        request.Hash ??= RequestHash.Of(request, cluster.Settings.LoadBalancer?.Hash, random);
        if (request.HasBody)
        {
            request.Body = new RequestBody(request.Http.Request.BodyReader, policy.Attempts > 0 ? ReplayLimit : 0, request.Record.IsGrpc, request.Http.Features.Get<IHttpRequestTrailersFeature>()) { Copies = request.Copies };
        }

        request.WatchClient();
        var isRetry = false;
        HashSet<string>? failed = null;
        List<UpstreamEndpoint>? left = null;
        try
        {
            while (true)
            {
                request.Record.Attempts++;
                var began = request.Span is null ? default : time.GetUtcNow();
                var query = new EndpointQuery { Excluded = failed, Left = left };
                var (result, endpoint) = HedgedSender.TermsOf(request, cluster.Settings, policy) is { } terms
                    ? await hedges.SendAsync(request, new RequestDestination(cluster, service, port), policy, terms, query)
                    : await AttemptAsync(request, cluster, service, port, policy, query);
                var isLast = !MayRetry(request, policy, result);
                if (request.Span is { } span && (isRetry || !isLast))
                {
                    span.NoteTry(request.Record, began, time.GetUtcNow(), FailureOf(request, result));
                }

                if (isLast)
                {
                    await ConcludeAsync(request, policy, result);
                    return;
                }

                if (!isRetry && !cluster.Circuit.TryEnterRetry())
                {
                    request.Record.Flags |= ResponseFlag.UpstreamOverflow;
                    await ConcludeAsync(request, policy, result);
                    return;
                }

                isRetry = true;
                result.Response?.Dispose();
                if (policy.AvoidFailedEndpoints && endpoint is not null)
                {
                    (failed ??= new HashSet<string>(StringComparer.Ordinal)).Add(endpoint.Uid);
                }

                if (policy.RemoteLocalities && endpoint is not null)
                {
                    (left ??= []).Add(endpoint);
                }

                if (!await PrepareRetryAsync(request, policy))
                {
                    await ConcludeAsync(request, policy, AttemptResult.Interrupted(request));
                    return;
                }
            }
        }
        finally
        {
            if (isRetry)
            {
                cluster.Circuit.ExitRetry();
            }

            if (request.Body is { } body)
            {
                await body.StopAsync();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(AttemptResult Result, UpstreamEndpoint? Endpoint)> AttemptAsync(
        MeshRequest request, UpstreamCluster cluster, Service service, int port, RetryPolicy policy, EndpointQuery query)
    {
        var isHttp2 = UpstreamDirectory.SpeaksHttp2(request, service, port, cluster.Settings);
        var perTry = PerTry(request, policy);
        var limit = RequestDeadline.OfTry(request.Limit, request.Elapsed, perTry);
        if (limit < TimeSpan.Zero)
        {
            return (AttemptResult.Interrupted(request), null);
        }

        if (!await EnterAsync(cluster, isHttp2, request.Cancellation))
        {
            return (request.FindCancelCause() != CancelCause.None
                ? AttemptResult.Interrupted(request)
                : AttemptResult.Overflowed(), null);
        }

        try
        {
            query = query with { Hash = request.Hash, Pinned = request.SessionEndpoint };
            var endpoint = UpstreamDirectory.Choose(request, service, cluster, query);
            if (endpoint is null)
            {
                return (AttemptResult.NoEndpoint(service.Key), null);
            }

            endpoint.Enter();
            try
            {
                var way = directory.FindWay(request, service, cluster, endpoint, isHttp2);
                var result = await exchange.SendAsync(request, way, cluster.Limits, new TryTerms(request.Record.Attempts, limit), perTry);
                request.Endpoint = result.Response is null ? null : endpoint;
                if (service.LoadBalancing.Mode != LoadBalancingMode.Passthrough && (!result.IsFinal || result.Response is not null))
                {
                    cluster.Report(endpoint, result.Outcome);
                }

                if (result.Response is { } response && !MayRetry(request, policy, result))
                {
                    // The endpoint is busy until the client has the whole answer.
                    await ResponseCopier.CopyAsync(request, response);
                    return (result with { Response = null, IsFinal = true, Flag = ResponseFlag.None }, endpoint);
                }

                return (result, endpoint);
            }
            finally
            {
                endpoint.Exit();
            }
        }
        finally
        {
            cluster.Circuit.ExitRequest();
        }
    }

    /// <summary>Why a try is no success: the flag of what failed, or the status that is tried again.</summary>
    private static string? FailureOf(MeshRequest request, in AttemptResult result)
    {
        if (result.Flag != ResponseFlag.None)
        {
            return ResponseFlagText.Of(result.Flag);
        }

        var status = result.Response?.Status ?? request.Record.Status;
        return status >= StatusCodes.Status400BadRequest ? status.ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>How long one try may take; zero for no limit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">The policy of its retries.</param>
    /// <returns>The time.</returns>
    public static TimeSpan PerTry(MeshRequest request, RetryPolicy policy) =>
        RequestDeadline.Least(policy.PerTryTimeout ?? TimeSpan.Zero, request.Rule?.BackendTimeout ?? TimeSpan.Zero);

    /// <summary>Begins to count a request towards the limits of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="isHttp2">Whether it shares its connection.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when there are too many, or it was given up while it waited.</returns>
    public static async ValueTask<bool> EnterAsync(UpstreamCluster cluster, bool isHttp2, CancellationToken cancellationToken)
    {
        try
        {
            return await cluster.Circuit.EnterRequestAsync(isHttp2, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>True when policy wants another try and the request allows it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">The policy of its retries.</param>
    /// <param name="result">What became of the last try.</param>
    /// <returns>True when it may be tried again.</returns>
    public static bool MayRetry(MeshRequest request, RetryPolicy policy, in AttemptResult result) =>
        !result.IsFinal
        && request.Record.Attempts <= policy.Attempts
        && !request.IsUpgrade
        && RetryRule.Wants(policy, result.Outcome)
        && (request.Body is not { } body || body.IsReplayable);

    /// <summary>Waits a little, and takes the body back from the last try.</summary>
    /// <returns>False when the request's time was up meanwhile.</returns>
    private async ValueTask<bool> PrepareRetryAsync(MeshRequest request, RetryPolicy policy)
    {
        if (request.Body is { } body)
        {
            await body.StopAsync();
        }

        try
        {
            await Task.Delay(RetryBackoff.Next(request.Record.Attempts, policy.Backoff ?? RetryBackoff.DefaultBase, random), time, request.Cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task ConcludeAsync(MeshRequest request, RetryPolicy policy, AttemptResult result)
    {
        var record = request.Record;
        if (record.Attempts > policy.Attempts && record.Attempts > 1 && RetryRule.Wants(policy, result.Outcome))
        {
            record.Flags |= ResponseFlag.UpstreamRetryLimitExceeded;
        }

        if (result.Response is { } response)
        {
            await ResponseCopier.CopyAsync(request, response);
            return;
        }

        if (result.Flag == ResponseFlag.None)
        {
            // Answered already.
            return;
        }

        record.Error = result.Error;
        if (request.Body?.ClientFault is BadHttpRequestException bad)
        {
            await LocalReply.SendAsync(request, bad.StatusCode, ResponseFlag.DownstreamProtocolError, "http1.codec_error", "Bad Request");
            return;
        }

        if ((result.Flag & ResponseFlag.DownstreamConnectionTermination) != 0)
        {
            (record.Flags, record.Details) = (record.Flags | result.Flag, result.Details);
            request.Http.Abort();
            return;
        }

        var (status, text) = Describe(result);
        await LocalReply.SendAsync(request, status, result.Flag, result.Details, text, GrpcStatusOf(request, result));
    }

    /// <summary>
    /// Whose own deadline passes gets DEADLINE_EXCEEDED, as from a server that keeps deadlines: which of the two is first is chance. A limit that the mesh sets is
    /// an answer of 504, which stands for UNAVAILABLE.
    /// </summary>
    private static int? GrpcStatusOf(MeshRequest request, in AttemptResult result)
    {
        const int DeadlineExceeded = 4;

        // Before another try the clock is looked at, and the timer may be late.
        var isOver = request.FindCancelCause() == CancelCause.RequestTimeout || request.Elapsed >= request.Limit;
        return result.Flag == ResponseFlag.UpstreamRequestTimeout && request.IsLimitedByCall && isOver ? DeadlineExceeded : null;
    }

    private static (int Status, string Text) Describe(in AttemptResult result) => result.Flag switch
    {
        ResponseFlag.NoHealthyUpstream => (503, LocalReply.NoHealthyUpstream),
        ResponseFlag.UpstreamRequestTimeout => (504, LocalReply.RequestTimeout),
        ResponseFlag.UpstreamOverflow => (503, "upstream connect error or disconnect/reset before headers. reset reason: overflow"),
        ResponseFlag.DownstreamProtocolError => (400, "Bad Request"),
        ResponseFlag.UpstreamProtocolError => (502, "upstream connect error or disconnect/reset before headers. reset reason: protocol error"),
        ResponseFlag.UpstreamRemoteReset => (503, "upstream connect error or disconnect/reset before headers. reset reason: remote reset"),
        ResponseFlag.UpstreamConnectionTermination => (503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination"),
        _ => (503, "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure"),
    };
}
