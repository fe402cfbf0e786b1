using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// Sends tries of a request that run at once: when the newest has taken too long, another begins beside it, on another endpoint where there is one. The
/// first good answer is the client's, and the other tries are given up. Each further try is a retry: one of the policy's number, and one of the budget.
/// A failure counts only when nothing else is under way.
/// </summary>
/// <param name="exchange">Sends one try.</param>
/// <param name="directory">The backends' endpoints.</param>
/// <param name="observer">Counts tries; null for nobody.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
/// <param name="time">The clock.</param>
internal sealed class HedgedSender(UpstreamExchange exchange, UpstreamDirectory directory, IPipelineObserver? observer, Random random, TimeProvider time)
{
    private const RetryConditions SlowAnswers = RetryConditions.DeadlineExceeded;

    /// <summary>Says whether, and how, tries of a request may run at once from here on.</summary>
    /// <param name="request">The request, with its next try counted.</param>
    /// <param name="settings">What holds for its endpoints.</param>
    /// <param name="policy">The policy of its retries.</param>
    /// <returns>The terms; null where each try waits for the one before.</returns>
    public static HedgeTerms? TermsOf(MeshRequest request, TrafficSettings settings, RetryPolicy policy)
    {
        if (settings.Resilience?.Hedging is not { OnPerTryTimeout: true } hedging
            || request.Record.Attempts > policy.Attempts
            || request.IsUpgrade
            || request.SessionEndpoint is not null
            || request.BackendService is { LoadBalancing.Mode: LoadBalancingMode.Passthrough }
            || !IsRepeatable(request, policy))
        {
            return null;
        }

        var perTry = RequestSender.PerTry(request, policy);
        return hedging.PerTryTimeout is { } own && (perTry == TimeSpan.Zero || own < perTry) ? new HedgeTerms(own, perTry, EndsLast: false)
            : perTry > TimeSpan.Zero ? new HedgeTerms(perTry, TimeSpan.Zero, EndsLast: true)
            : null;
    }

    /// <summary>Sends a try, and others beside it.</summary>
    /// <param name="request">The request, with this try counted.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="policy">The policy of its retries.</param>
    /// <param name="terms">When others begin.</param>
    /// <param name="query">What the request brings to the choice of an endpoint.</param>
    /// <returns>What became of them: the client has its answer already, or all of them failed as the last one did.</returns>
    public async ValueTask<(AttemptResult Result, UpstreamEndpoint? Endpoint)> SendAsync(
        MeshRequest request, RequestDestination destination, RetryPolicy policy, HedgeTerms terms, EndpointQuery query)
    {
        var race = new Race(request, destination, policy, terms, query with { Hash = request.Hash, Pinned = null });
        try
        {
            var winner = await RunAsync(race);
            var result = await winner.Result;
            await race.CancelAsync();
            if (winner.Decision is { } decision)
            {
                // Tries that ran at once have all noted where they went.
                UpstreamExchange.Note(request.Record, decision);
                request.Record.UpstreamServiceTime = winner.ServiceTime;
            }

            request.Endpoint = result.Response is null ? null : winner.Endpoint;
            if (result.Response is { } response && !RequestSender.MayRetry(request, policy, result))
            {
                // The endpoint is busy until the client has the whole answer.
                await ResponseCopier.CopyAsync(request, response);
                result = result with { Response = null, IsFinal = true, Flag = ResponseFlag.None };
            }

            return (result, winner.Endpoint);
        }
        finally
        {
            // Nothing is left of them but after a fault.
            await race.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Release(race);
        }
    }

    /// <summary>Only what may be done twice at once (RFC 9110 section 9.2.2), or what a policy wants repeated when it takes too long.</summary>
    private static bool IsRepeatable(MeshRequest request, RetryPolicy policy) =>
        UpstreamMessage.IsIdempotent(request.Method)
        || RetryRule.Wants(policy, AttemptOutcome.Failed(AttemptFailure.Timeout))
        || (policy.Conditions & SlowAnswers) != 0
        || policy.Codes.AsSpan().Contains(504);

    /// <summary>True when another try may begin now: there is one left, and the whole body is here to be sent again.</summary>
    private static bool MayHedge(Race race) =>
        race.Request.Record.Attempts <= race.Policy.Attempts
        && race.Request.Body is null or { IsComplete: true, IsReplayable: true }
        && race.Destination.Cluster.Circuit.TryEnterRetry();

    private static void Release(Race race)
    {
        var circuit = race.Destination.Cluster.Circuit;
        foreach (var attempt in race.Tries)
        {
            if (attempt.IsCounted)
            {
                circuit.ExitRequest();
            }

            attempt.Endpoint?.Exit();
            attempt.Dispose();
        }

        for (var hedges = race.Tries.Count - 1; hedges > 0; hedges--)
        {
            circuit.ExitRetry();
        }

        race.Dispose();
    }

    /// <summary>Runs until a try has a good answer, or the last of them has failed.</summary>
    private async Task<HedgedTry> RunAsync(Race race)
    {
        Begin(race);
        while (true)
        {
            // The timer last: of an answer and its time-out that are both there the answer counts.
            var first = await Task.WhenAny([.. race.Running.Select(t => t.Result), race.Timer]);
            if (first == race.Timer)
            {
                if (await OnSlowAsync(race) is { } late)
                {
                    return late;
                }

                continue;
            }

            var finished = race.Running.First(t => t.Result == first);
            race.Running.Remove(finished);
            var result = await finished.Result;
            Report(race, finished, result);
            var isGood = result.Response is not null && !RetryRule.Wants(race.Policy, result.Outcome);
            if (isGood || race.Running.Count == 0 || race.Request.FindCancelCause() != CancelCause.None)
            {
                return finished;
            }

            result.Response?.Dispose();
            if (finished == race.Tries[^1])
            {
                // Nobody needs to wait for it any longer before the next begins.
                race.WaitFor(RetryBackoff.Next(race.Request.Record.Attempts, race.Policy.Backoff ?? RetryBackoff.DefaultBase, random), time);
            }
        }
    }

    /// <summary>The newest try has taken too long, or has failed while others go on.</summary>
    /// <returns>The try that everything ends with; null while it goes on.</returns>
    private async Task<HedgedTry?> OnSlowAsync(Race race)
    {
        var newest = race.Tries[^1];
        var isRunning = race.Running.Contains(newest);
        if (isRunning && newest.Endpoint is not null && !newest.IsReported)
        {
            // It may still answer; that it was late counts.
            newest.IsReported = true;
            race.Destination.Cluster.Report(newest.Endpoint, AttemptOutcome.Failed(AttemptFailure.Timeout));
        }

        if (race.Request.FindCancelCause() == CancelCause.None && MayHedge(race))
        {
            race.Request.Record.Attempts++;
            observer?.RequestHedged();
            Begin(race);
            return null;
        }

        if (!race.Terms.EndsLast || race.Request.FindCancelCause() != CancelCause.None)
        {
            // The rest of a body may come, and the budget have room again.
            var mayYet = race.Request.Record.Attempts <= race.Policy.Attempts && race.Request.FindCancelCause() == CancelCause.None;
            race.WaitFor(mayYet ? race.Terms.Delay : Timeout.InfiniteTimeSpan, time);
            return null;
        }

        if (!isRunning && !race.IsEnding)
        {
            // The newest failed at once. Those before it have had their time, and get as much again.
            race.IsEnding = true;
            race.WaitFor(race.Terms.Delay, time);
            return null;
        }

        await race.CancelAsync();
        newest.Result = Task.FromResult(AttemptResult.Failed(AttemptFailure.Timeout, ResponseFlag.UpstreamRequestTimeout, "upstream_per_try_timeout", null));
        return newest;
    }

    private void Begin(Race race)
    {
        var attempt = new HedgedTry(race.Request.Record.Attempts, race.Terms.Limit, time, race.Request.Cancellation);
        race.Tries.Add(attempt);
        race.Running.Add(attempt);
        attempt.Result = TryAsync(race, attempt);
        race.WaitFor(race.Terms.Delay, time);
    }

    private async Task<AttemptResult> TryAsync(Race race, HedgedTry attempt)
    {
        var (request, cluster, service) = (race.Request, race.Destination.Cluster, race.Destination.Service);
        var isHttp2 = UpstreamDirectory.SpeaksHttp2(request, service, race.Destination.Port, cluster.Settings);
        var left = RequestDeadline.OfTry(request.Limit, request.Elapsed, race.Terms.Limit);
        if (left < TimeSpan.Zero)
        {
            return AttemptResult.Interrupted(request);
        }

        // With its own token: the place that it waits for may be that of a try which has won, and which waits for this one to end.
        if (!await RequestSender.EnterAsync(cluster, isHttp2, attempt.Cancellation))
        {
            return request.FindCancelCause() != CancelCause.None ? AttemptResult.Interrupted(request)
                : attempt.Cancellation.IsCancellationRequested ? AttemptResult.Failed(AttemptFailure.Timeout, ResponseFlag.UpstreamRequestTimeout, "upstream_per_try_timeout", null)
                : AttemptResult.Overflowed();
        }

        attempt.IsCounted = true;
        if (UpstreamDirectory.Choose(request, service, cluster, race.Elsewhere()) is not { } endpoint)
        {
            return AttemptResult.NoEndpoint(service.Key);
        }

        attempt.Endpoint = endpoint;
        endpoint.Enter();
        var sent = time.GetTimestamp();
        attempt.Decision = directory.Decide(request, service, cluster, endpoint, isHttp2);
        var result = await exchange.SendAsync(request, attempt.Decision, isHttp2, cluster.Limits, new TryTerms(attempt.Number, left), attempt.Cancellation);
        attempt.ServiceTime = result.Response is null ? null : time.GetElapsedTime(sent);
        return result;
    }

    private static void Report(Race race, HedgedTry attempt, in AttemptResult result)
    {
        if (attempt is { IsReported: false, Endpoint: { } endpoint } && (!result.IsFinal || result.Response is not null))
        {
            attempt.IsReported = true;
            race.Destination.Cluster.Report(endpoint, result.Outcome);
        }
    }

    /// <summary>The tries of one request that run at once.</summary>
    private sealed record Race(MeshRequest Request, RequestDestination Destination, RetryPolicy Policy, HedgeTerms Terms, EndpointQuery Query) : IDisposable
    {
        private CancellationTokenSource? _waiting;

        public List<HedgedTry> Tries { get; } = [];

        public List<HedgedTry> Running { get; } = [];

        public Task Timer { get; private set; } = Task.CompletedTask;

        public bool IsEnding { get; set; }

        public void WaitFor(TimeSpan delay, TimeProvider time)
        {
            Dispose();
            _waiting = new CancellationTokenSource();
            Timer = Task.Delay(delay, time, _waiting.Token);
        }

        /// <summary>Gives up what is under way, and waits for its end: it reads the request.</summary>
        public async Task CancelAsync()
        {
            var running = Running.ToArray();
            Running.Clear();
            await Task.WhenAll(running.Select(t => t.CancelAsync()));
        }

        /// <summary>Where none of the tries went.</summary>
        public EndpointQuery Elsewhere()
        {
            if (Tries.Count == 1)
            {
                return Query;
            }

            var taken = new HashSet<string>(Query.Excluded ?? (IEnumerable<string>)[], StringComparer.Ordinal);
            taken.UnionWith(Tries.Select(t => t.Endpoint?.Uid).OfType<string>());
            return Query with { Excluded = taken };
        }

        public void Dispose()
        {
            _waiting?.Cancel();
            _waiting?.Dispose();
            _waiting = null;
        }
    }
}
