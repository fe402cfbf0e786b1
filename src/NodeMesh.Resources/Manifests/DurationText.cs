using System.Globalization;
using System.Text.RegularExpressions;

namespace NodeMesh.Resources.Manifests;

/// <summary>Reads time spans as configuration writes them.</summary>
public static partial class DurationText
{
    /// <summary>The Gateway API's form (GEP-2257).</summary>
    internal const string GatewayPattern = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

    /// <summary>Reads a time span as Go writes it, such as <c>1.5s</c>, <c>500ms</c> or <c>1h30m</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time span.</param>
    /// <returns>True when it is one.</returns>
    public static bool TryParseGo(string text, out TimeSpan time)
    {
        time = default;
        var negative = text.StartsWith('-');
        var rest = negative || text.StartsWith('+') ? text[1..] : text;
        if (rest == "0")
        {
            return true;
        }

        if (!GoForm().IsMatch(rest))
        {
            return false;
        }

        var ticks = 0m;
        foreach (Match part in GoPart().Matches(rest))
        {
            if (!decimal.TryParse(part.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            ticks += number * TicksOf(part.Groups[2].Value);
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        time = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>Reads a time span as the Gateway API writes it, such as <c>10s</c> or <c>1h30m</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time span.</param>
    /// <returns>True when it is one.</returns>
    public static bool TryParseGateway(string text, out TimeSpan time)
    {
        time = default;
        return GatewayForm().IsMatch(text) && TryParseGo(text, out time);
    }

    /// <summary>Writes a time span as Go does: <c>1h0m0s</c>, <c>1.5s</c>, <c>500ms</c>.</summary>
    /// <param name="time">The time span.</param>
    /// <returns>The text.</returns>
    public static string ToGo(TimeSpan time)
    {
        if (time == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = time < TimeSpan.Zero ? "-" : "";
        var ticks = Math.Abs((decimal)time.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            return ticks >= TimeSpan.TicksPerMillisecond
                ? string.Create(CultureInfo.InvariantCulture, $"{sign}{ticks / TimeSpan.TicksPerMillisecond:0.####}ms")
                : string.Create(CultureInfo.InvariantCulture, $"{sign}{ticks / TimeSpan.TicksPerMicrosecond:0.#}µs");
        }

        var (hours, rest) = (decimal.Floor(ticks / TimeSpan.TicksPerHour), ticks % TimeSpan.TicksPerHour);
        var (minutes, seconds) = (decimal.Floor(rest / TimeSpan.TicksPerMinute), rest % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond);
        var prefix = hours > 0 ? $"{hours}h{minutes}m" : minutes > 0 ? $"{minutes}m" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{prefix}{seconds:0.#######}s");
    }

    private static decimal TicksOf(string unit) => unit switch
    {
        "h" => TimeSpan.TicksPerHour,
        "m" => TimeSpan.TicksPerMinute,
        "s" => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "ns" => 0.01m,
        _ => TimeSpan.TicksPerMicrosecond,
    };

    [GeneratedRegex(@"^(?:(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:h|ms|m|s|us|µs|μs|ns)){1,16}$", RegexOptions.CultureInvariant)]
    private static partial Regex GoForm();

    [GeneratedRegex(@"([0-9.]+)(h|ms|m|s|us|µs|μs|ns)", RegexOptions.CultureInvariant)]
    private static partial Regex GoPart();

    [GeneratedRegex(GatewayPattern, RegexOptions.CultureInvariant)]
    private static partial Regex GatewayForm();
}
