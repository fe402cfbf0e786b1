using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>The <c>traceparent</c> header (W3C Trace Context): random ids that let the logs of both ends be joined. They are names, not secrets, so they cost no call of the C library.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Nothing is granted to who knows a trace id.")]
internal static class TraceParent
{
    /// <summary>The header's name.</summary>
    public const string Name = "traceparent";

    private const int TraceIdLength = 32;
    private const int SpanStart = 36;
    private const int FlagsStart = 53;
    private const int Length = 55;

    /// <summary>Makes a trace id.</summary>
    /// <returns>32 hexadecimal digits.</returns>
    public static string NewTraceId() => Random.Shared.GetHexString(TraceIdLength, lowercase: true);

    /// <summary>Writes the header.</summary>
    /// <param name="traceId">The trace id.</param>
    /// <returns>The value; flags 00, as nobody samples it.</returns>
    public static string Format(string traceId) => string.Create(Length, traceId, static (text, id) =>
    {
        "00-".CopyTo(text);
        id.CopyTo(text[3..]);
        text[SpanStart - 1] = '-';
        Random.Shared.GetHexString(text[SpanStart..(FlagsStart - 1)], lowercase: true);
        "-00".CopyTo(text[(FlagsStart - 1)..]);
    });

    /// <summary>Reads the trace id.</summary>
    /// <param name="value">The header's value; null when it is missing.</param>
    /// <returns>The trace id; null when the header is missing or malformed.</returns>
    public static string? Parse(string? value) =>
        value is { Length: Length } && value.StartsWith("00-", StringComparison.Ordinal) && value[SpanStart - 1] == '-' && value[FlagsStart - 1] == '-'
        && !value.AsSpan(SpanStart, FlagsStart - 1 - SpanStart).Contains('-') && !value.AsSpan(FlagsStart).Contains('-')
        && UInt128.TryParse(value.AsSpan(3, TraceIdLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            ? value.Substring(3, TraceIdLength)
            : null;
}
