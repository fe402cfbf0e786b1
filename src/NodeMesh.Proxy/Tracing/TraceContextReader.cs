using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NodeMesh.Proxy.Tracing;

/// <summary>
/// Reads the trace of a request: W3C's <c>traceparent</c>, else B3's single header, else its several. What is malformed counts as not there, as both
/// specifications want it.
/// </summary>
internal static class TraceContextReader
{
    // version "-" trace id "-" parent id "-" flags (W3C Trace Context section 3.2).
    private const int TraceStart = 3;
    private const int SpanStart = 36;
    private const int FlagsStart = 53;
    private const int ParentLength = 55;

    private const int LongTrace = 32;
    private const int ShortTrace = 16;
    private const int SpanLength = 16;

    /// <summary>Reads it.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <returns>The trace; nothing where there is none.</returns>
    public static TraceContext Read(IHeaderDictionary headers) =>
        ReadParent(headers.TraceParent) ?? ReadSingle(headers[TraceHeaders.B3]) ?? ReadSeveral(headers) ?? default;

    private static TraceContext? ReadParent(StringValues values)
    {
        // Two of them are as good as none (section 3.2.1).
        if (values.Count != 1 || values[0] is not { Length: >= ParentLength } value || value[2] != '-' || value[SpanStart - 1] != '-' || value[FlagsStart - 1] != '-')
        {
            return null;
        }

        // A later version may have more after the flags, behind a dash; version ff is none (section 4.3).
        if (!TryReadLower(value.AsSpan(0, 2), out var version) || version == 0xff || (value.Length > ParentLength && (version == 0 || value[ParentLength] != '-')))
        {
            return null;
        }

        return TryReadLower(value.AsSpan(TraceStart, LongTrace), out var trace) && trace != 0
            && TryReadLower(value.AsSpan(SpanStart, SpanLength), out var span) && span != 0
            && TryReadLower(value.AsSpan(FlagsStart, 2), out var flags)
                ? new TraceContext(trace, (ulong)span, (flags & 1) != 0 ? TraceDecision.Record : TraceDecision.Drop) { IsW3C = true }
                : null;
    }

    /// <summary><c>TRACE-SPAN</c>, <c>TRACE-SPAN-DECISION</c>, <c>TRACE-SPAN-DECISION-PARENT</c>, or the decision alone.</summary>
    private static TraceContext? ReadSingle(StringValues values)
    {
        if (values.Count != 1 || values[0] is not { Length: > 0 } value)
        {
            return null;
        }

        if (value.Length == 1)
        {
            return DecisionOf(value) is { } alone ? new TraceContext(0, 0, alone) : null;
        }

        Span<Range> parts = stackalloc Range[5];
        var text = value.AsSpan();
        var count = text.Split(parts, '-');
        if (count is < 2 or > 4 || (count == 4 && !TryReadSpan(text[parts[3]], out _)))
        {
            return null;
        }

        var decision = count == 2 ? TraceDecision.Deferred : DecisionOf(text[parts[2]]);
        return decision is { } known && TryReadTrace(text[parts[0]], out var trace) && TryReadSpan(text[parts[1]], out var span)
            ? new TraceContext(trace, span, known) { IsShort = text[parts[0]].Length == ShortTrace }
            : null;
    }

    private static TraceContext? ReadSeveral(IHeaderDictionary headers)
    {
        if (Decision(headers) is not { } decision)
        {
            return null;
        }

        var id = headers[TraceHeaders.TraceId];
        if (id.Count == 0)
        {
            return decision == TraceDecision.Deferred ? null : new TraceContext(0, 0, decision);
        }

        return id is [{ } trace] && headers[TraceHeaders.SpanId] is [{ } span] && TryReadTrace(trace, out var traceId) && TryReadSpan(span, out var spanId)
            ? new TraceContext(traceId, spanId, decision) { IsShort = trace.Length == ShortTrace }
            : null;
    }

    private static TraceDecision? Decision(IHeaderDictionary headers)
    {
        if (headers[TraceHeaders.Flags] is ["1"])
        {
            return TraceDecision.Debug;
        }

        // Older senders write words.
        return headers[TraceHeaders.Sampled] switch
        {
            { Count: 0 } => TraceDecision.Deferred,
            ["1" or "true"] => TraceDecision.Record,
            ["0" or "false"] => TraceDecision.Drop,
            _ => null,
        };
    }

    private static TraceDecision? DecisionOf(ReadOnlySpan<char> text) => text switch
    {
        "0" => TraceDecision.Drop,
        "1" => TraceDecision.Record,
        "d" => TraceDecision.Debug,
        _ => null,
    };

    private static bool TryReadTrace(ReadOnlySpan<char> text, out UInt128 id)
    {
        id = 0;
        return text.Length is LongTrace or ShortTrace && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && id != 0;
    }

    private static bool TryReadSpan(ReadOnlySpan<char> text, out ulong id)
    {
        id = 0;
        return text.Length == SpanLength && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && id != 0;
    }

    /// <summary>W3C's are of lower case (section 3.2.2).</summary>
    private static bool TryReadLower(ReadOnlySpan<char> text, out UInt128 number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (digit is >= 'A' and <= 'F')
            {
                return false;
            }
        }

        return UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
