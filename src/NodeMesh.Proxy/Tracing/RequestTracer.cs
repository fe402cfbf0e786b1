using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tracing;

/// <summary>
/// Decides which requests get a span, and begins it. A caller's decision stands; where there is none, chance decides by the share that Telemetries set for
/// the client. Safe for many threads.
/// </summary>
/// <param name="source">Where spans begin; who listens to it exports them.</param>
/// <param name="percentage">The share of requests, in percent, where no Telemetry says one.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
internal sealed class RequestTracer(ActivitySource source, double percentage, Random random)
{
    /// <summary>Takes on a request: its headers then say what its next hop is to know.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">The trace that its headers name.</param>
    /// <returns>The id of its trace; null where it is in none.</returns>
    public string? Begin(MeshRequest request, in TraceContext caller)
    {
        var policy = request.Source?.Tracing;
        if (policy is not { IsReported: false } && IsSampled(caller.Decision, policy))
        {
            return BeginSpan(request, caller, policy);
        }

        if (caller.TraceId != 0)
        {
            return caller.FormatTraceId();
        }

        if (caller.IsPresent || policy is { IsReported: false } or { PropagatesContext: false })
        {
            return null;
        }

        var trace = TraceParent.NewTraceId();
        TraceContextWriter.Begin(request.Http.Request.Headers, TraceParent.Format(trace));
        return trace;
    }

    /// <summary>Says whether requests of a client are to be seen for the sake of their spans: where a Telemetry asks for some.</summary>
    /// <param name="policy">What Telemetries say of the client; null for nothing.</param>
    /// <returns>True when they are.</returns>
    public static bool Needs(TracingPolicy? policy) => policy is { IsReported: true } and not { SamplingPercentage: 0 };

    /// <summary>Says whether a request is traced.</summary>
    /// <param name="decision">What its caller says.</param>
    /// <param name="policy">What Telemetries say of the client; null for nothing.</param>
    /// <returns>True when it is.</returns>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Nothing is granted by a span.")]
    public bool IsSampled(TraceDecision decision, TracingPolicy? policy)
    {
        if (decision != TraceDecision.Deferred)
        {
            return decision != TraceDecision.Drop;
        }

        var share = policy?.SamplingPercentage ?? percentage;
        return share > 0 && random.NextDouble() * 100 < share;
    }

    private string? BeginSpan(MeshRequest request, in TraceContext caller, TracingPolicy? policy)
    {
        var headers = request.Http.Request.Headers;
        var parent = caller.ToParent(caller.IsW3C && headers.TraceState.Count > 0 ? headers.TraceState.ToString() : null);

        // No span of the process is a parent of a request's, nor the request's of what the process does meanwhile.
        Activity.Current = null;
        var activity = source.StartActivity(SpanAttributes.NameOf(request), ActivityKind.Client, parent, startTime: request.Record.Started);
        Activity.Current = null;
        if (activity is null)
        {
            // Nobody listens any more: the proxy is stopping.
            return caller.TraceId != 0 ? caller.FormatTraceId() : null;
        }

        var span = new RequestSpan(source, activity, policy);
        span.TakeTags(headers);
        request.Span = span;
        if (policy is not { PropagatesContext: false })
        {
            TraceContextWriter.Write(headers, caller, activity);
        }

        return activity.TraceId.ToHexString();
    }
}
