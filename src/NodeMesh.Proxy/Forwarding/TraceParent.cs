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

    /// <summary>Makes a trace id.</summary>
    /// <returns>32 hexadecimal digits.</returns>
    public static string NewTraceId() => Random.Shared.GetHexString(TraceIdLength, lowercase: true);

    /// <summary>Writes the header.</summary>
    /// <param name="traceId">The trace id.</param>
    /// <returns>The value; flags 00, as nobody samples it.</returns>
    public static string Format(string traceId) => $"00-{traceId}-{Random.Shared.GetHexString(16, lowercase: true)}-00";

    /// <summary>Reads the trace id.</summary>
    /// <param name="value">The header's value; null when it is missing.</param>
    /// <returns>The trace id; null when the header is missing or malformed.</returns>
    public static string? Parse(string? value) =>
        value?.Split('-') is ["00", { Length: TraceIdLength } id, { Length: 16 }, { Length: 2 }]
        && UInt128.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            ? id
            : null;
}
