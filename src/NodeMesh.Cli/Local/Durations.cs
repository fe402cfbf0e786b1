using System.Globalization;

namespace NodeMesh.Cli.Local;

/// <summary>Durations on the command line: a number with <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads a duration.</summary>
    /// <param name="option">The option, for the error.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Parse(string option, string text)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.FromSeconds(number * seconds);
            }
        }

        throw new FormatException($"{option} '{text}': write a number with a unit, such as 90s or 2m");
    }
}
