using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Proxy.Tracing;

/// <summary>Makes a span of ours the caller, in each of the forms in which the request came; in W3C's where it came in none.</summary>
internal static class TraceContextWriter
{
    /// <summary>Writes it.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="caller">What they said.</param>
    /// <param name="span">Our span.</param>
    public static void Write(IHeaderDictionary headers, in TraceContext caller, Activity span)
    {
        var trace = span.TraceId.ToHexString();
        var id = span.SpanId.ToHexString();
        var hasSingle = headers.ContainsKey(TraceHeaders.B3);
        var hasSeveral = headers.ContainsKey(TraceHeaders.TraceId) || headers.ContainsKey(TraceHeaders.Sampled) || headers.ContainsKey(TraceHeaders.Flags);
        if (caller.IsW3C || !(hasSingle || hasSeveral))
        {
            WriteParent(headers, caller, $"00-{trace}-{id}-01");
        }
        else
        {
            // If there is one it could not be read, and is of no trace that goes on.
            headers.Remove("traceparent");
            headers.Remove("tracestate");
        }

        var b3 = caller.IsShort ? trace[16..] : trace;
        var parent = caller.SpanId == 0 ? null : caller.SpanId.ToString("x16", CultureInfo.InvariantCulture);
        if (hasSingle)
        {
            var decision = caller.Decision == TraceDecision.Debug ? 'd' : '1';
            headers[TraceHeaders.B3] = parent is null ? $"{b3}-{id}-{decision}" : $"{b3}-{id}-{decision}-{parent}";
        }

        if (hasSeveral)
        {
            WriteSeveral(headers, caller, b3, id, parent);
        }
    }

    /// <summary>Begins a trace that is not recorded, for a request that came with none: what follows need not decide again.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="value">The <c>traceparent</c>.</param>
    public static void Begin(IHeaderDictionary headers, string value) => WriteParent(headers, default, value);

    private static void WriteParent(IHeaderDictionary headers, in TraceContext caller, string value)
    {
        headers.TraceParent = value;
        if (!caller.IsW3C)
        {
            // It belongs to the traceparent that is no more (W3C Trace Context section 4.3).
            headers.Remove("tracestate");
        }
    }

    private static void WriteSeveral(IHeaderDictionary headers, in TraceContext caller, string trace, string id, string? parent)
    {
        headers[TraceHeaders.TraceId] = trace;
        headers[TraceHeaders.SpanId] = id;
        if (parent is null)
        {
            headers.Remove(TraceHeaders.ParentSpanId);
        }
        else
        {
            headers[TraceHeaders.ParentSpanId] = parent;
        }

        // The debug flag implies the decision, and stands alone.
        if (caller.Decision == TraceDecision.Debug)
        {
            headers[TraceHeaders.Flags] = "1";
            headers.Remove(TraceHeaders.Sampled);
        }
        else
        {
            headers.Remove(TraceHeaders.Flags);
            headers[TraceHeaders.Sampled] = "1";
        }
    }
}
