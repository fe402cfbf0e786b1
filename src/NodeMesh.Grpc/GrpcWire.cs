using System.Globalization;
using System.Text;

namespace NodeMesh.Grpc;

/// <summary>The text forms of gRPC over HTTP/2 (grpc/grpc, <c>PROTOCOL-HTTP2.md</c>).</summary>
internal static class GrpcWire
{
    public const string ContentType = "application/grpc";
    public const string StatusHeader = "grpc-status";
    public const string MessageHeader = "grpc-message";
    public const string TimeoutHeader = "grpc-timeout";

    private const int MaxTimeoutDigits = 8;

    public static string EncodeTimeout(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        // The finest unit whose value still has 8 digits, so that little is lost.
        (long Ticks, char Unit)[] units = [(TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'), (TimeSpan.TicksPerMinute, 'M')];
        foreach (var (ticks, unit) in units)
        {
            var value = Math.Max(1, timeout.Ticks / ticks);
            if (value < 100_000_000)
            {
                return value.ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return Math.Min(99_999_999, timeout.Ticks / TimeSpan.TicksPerHour).ToString(CultureInfo.InvariantCulture) + "H";
    }

    public static bool TryDecodeTimeout(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxTimeoutDigits + 1 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1L,
        };
        if (ticksPerUnit < 0)
        {
            return false;
        }

        timeout = ticksPerUnit == 0 ? TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick) : TimeSpan.FromTicks(value * ticksPerUnit);
        return true;
    }

    /// <summary>Percent-encodes everything but printable ASCII, and the percent sign.</summary>
    public static string EncodeMessage(string message)
    {
        if (!message.AsSpan().ContainsAnyExceptInRange(' ', '~') && !message.Contains('%'))
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return text.ToString();
    }

    /// <summary>Decodes what <see cref="EncodeMessage"/> makes; broken escapes are kept as they are, as the protocol asks.</summary>
    public static string DecodeMessage(string message) => message.Contains('%') ? Uri.UnescapeDataString(message) : message;

    public static GrpcStatusCode DecodeStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 0 and <= 16 ? (GrpcStatusCode)code : GrpcStatusCode.Unknown;

    /// <summary>What an HTTP status means when a proxy or a server that knows no gRPC answered (<c>http-grpc-status-mapping.md</c>).</summary>
    public static GrpcStatusCode FromHttpStatus(int status) => status switch
    {
        400 => GrpcStatusCode.Internal,
        401 => GrpcStatusCode.Unauthenticated,
        403 => GrpcStatusCode.PermissionDenied,
        404 => GrpcStatusCode.Unimplemented,
        429 or 502 or 503 or 504 => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };

    /// <summary>What an HTTP/2 RST_STREAM code means (<c>PROTOCOL-HTTP2.md</c>, "Errors").</summary>
    public static GrpcStatusCode FromHttp2Error(long code) => code switch
    {
        0x7 => GrpcStatusCode.Unavailable,
        0x8 => GrpcStatusCode.Cancelled,
        0xb => GrpcStatusCode.ResourceExhausted,
        0xc => GrpcStatusCode.PermissionDenied,
        _ => GrpcStatusCode.Internal,
    };
}
