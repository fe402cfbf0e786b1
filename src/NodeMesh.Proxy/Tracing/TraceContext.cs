using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace NodeMesh.Proxy.Tracing;

/// <summary>The trace that a request is in, as its headers say. Numbers, so that reading them allocates nothing.</summary>
/// <param name="TraceId">The trace; zero for none, which may yet come with a decision.</param>
/// <param name="SpanId">The caller's span; zero for none.</param>
/// <param name="Decision">Whether the caller records it.</param>
internal readonly record struct TraceContext(UInt128 TraceId, ulong SpanId, TraceDecision Decision)
{
    /// <summary>True for a trace id of 64 bits, as older users of B3 write them.</summary>
    public bool IsShort { get; init; }

    /// <summary>True for W3C's headers, whose <c>tracestate</c> then belongs to it.</summary>
    public bool IsW3C { get; init; }

    /// <summary>True when the headers say something.</summary>
    public bool IsPresent => TraceId != 0 || Decision != TraceDecision.Deferred;

    /// <summary>The trace id as its caller writes it.</summary>
    /// <returns>Hexadecimal digits.</returns>
    public string FormatTraceId() => IsShort ? ((ulong)TraceId).ToString("x16", CultureInfo.InvariantCulture) : TraceId.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The caller's span as the parent of ours.</summary>
    /// <param name="state">The <c>tracestate</c>; null for none.</param>
    /// <returns>The parent; none where there is no trace.</returns>
    public ActivityContext ToParent(string? state)
    {
        if (TraceId == 0)
        {
            return default;
        }

        Span<byte> trace = stackalloc byte[16];
        Span<byte> span = stackalloc byte[8];
        BinaryPrimitives.WriteUInt128BigEndian(trace, TraceId);
        BinaryPrimitives.WriteUInt64BigEndian(span, SpanId);
        return new ActivityContext(ActivityTraceId.CreateFromBytes(trace), ActivitySpanId.CreateFromBytes(span), ActivityTraceFlags.Recorded, state, isRemote: true);
    }
}
