using System.Globalization;

namespace NodeMesh.Model.Resilience;

/// <summary>The header <c>grpc-timeout</c>: up to eight digits and a unit.</summary>
public static class GrpcTimeout
{
    /// <summary>The header's name.</summary>
    public const string Name = "grpc-timeout";

    private const int MaximumValue = 99_999_999;

    /// <summary>Reads a value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="timeout">The time; hours beyond what <see cref="TimeSpan"/> can hold do not occur, eight digits of hours are 11,000 years.</param>
    /// <returns>False when it is malformed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var unit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (unit < 0)
        {
            return false;
        }

        timeout = unit == 0 ? TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick) : TimeSpan.FromTicks(value * unit);
        return true;
    }

    /// <summary>Writes a time in the finest unit that it fits, rounded down so that the server gives up no later than the client; never zero, which some servers take for no time-out.</summary>
    /// <param name="timeout">The time.</param>
    /// <returns>The value.</returns>
    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, TimeSpan.TicksPerMicrosecond);
        var (unit, name) = ticks switch
        {
            <= MaximumValue * TimeSpan.TicksPerMicrosecond => (TimeSpan.TicksPerMicrosecond, 'u'),
            <= MaximumValue * TimeSpan.TicksPerMillisecond => (TimeSpan.TicksPerMillisecond, 'm'),
            <= MaximumValue * TimeSpan.TicksPerSecond => (TimeSpan.TicksPerSecond, 'S'),
            _ => (TimeSpan.TicksPerHour, 'H'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / unit}{name}");
    }
}
