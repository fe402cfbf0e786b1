using NodeMesh.Model;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>One of several tries of a request that run at once.</summary>
internal sealed class HedgedTry : IDisposable
{
    private readonly CancellationTokenSource _cancellation;
    private readonly CancellationTokenSource? _limit;

    /// <summary>Begins nothing yet.</summary>
    /// <param name="number">Which try of the request it is, from 1.</param>
    /// <param name="limit">How long it may take; zero for no limit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="request">Ends it, when the request is given up.</param>
    public HedgedTry(int number, TimeSpan limit, TimeProvider time, CancellationToken request)
    {
        Number = number;
        _limit = limit > TimeSpan.Zero ? new CancellationTokenSource(limit, time) : null;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(request, _limit?.Token ?? CancellationToken.None);
    }

    /// <summary>Which try it is. The request counts on while this one waits for its connection.</summary>
    public int Number { get; }

    /// <summary>Ends with it.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Where it goes; null before the choice, and where there is none.</summary>
    public UpstreamEndpoint? Endpoint { get; set; }

    /// <summary>How it gets there; null before the choice.</summary>
    public OutboundDecision? Decision { get; set; }

    /// <summary>How long the endpoint took to answer; null without an answer.</summary>
    public TimeSpan? ServiceTime { get; set; }

    /// <summary>True while it counts towards the limits of its cluster.</summary>
    public bool IsCounted { get; set; }

    /// <summary>True when outlier detection knows already what to think of it.</summary>
    public bool IsReported { get; set; }

    /// <summary>What becomes of it; never fails.</summary>
    public Task<AttemptResult> Result { get; set; } = Task.FromResult(default(AttemptResult));

    /// <summary>Gives it up.</summary>
    /// <returns>When it is over, and its answer is nobody's.</returns>
    public async Task CancelAsync()
    {
        await _cancellation.CancelAsync();
        (await Result).Response?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        _limit?.Dispose();
    }
}
