using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeMesh.Metrics;

/// <summary>Writes one scrape in either format.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">The format.</param>
internal sealed class ExpositionWriter(IBufferWriter<byte> output, MetricsFormat format)
{
    /// <summary>Begins a metric: its HELP and TYPE.</summary>
    /// <param name="name">The name that samples carry, with <c>_total</c> for counters.</param>
    /// <param name="kind"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it counts, in which unit; may be empty.</param>
    public void Begin(string name, string kind, string? help)
    {
        // OpenMetrics names the family, not the sample: a counter's family has no _total.
        var family = format == MetricsFormat.OpenMetrics && kind == "counter" && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
        if (!string.IsNullOrEmpty(help))
        {
            Text("# HELP ");
            Text(family);
            Text(" ");
            var escaped = help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
            Text(format == MetricsFormat.OpenMetrics ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped);
            Text("\n");
        }

        Text("# TYPE ");
        Text(family);
        Text(" ");
        Text(kind);
        Text("\n");
    }

    /// <summary>Writes a sample.</summary>
    /// <param name="name">The sample's name.</param>
    /// <param name="labels">Its labels, formatted; may be empty.</param>
    /// <param name="value">Its value.</param>
    public void Sample(string name, string labels, double value) => Sample(name, labels, "", value);

    /// <summary>Writes a sample with a label more.</summary>
    /// <param name="name">The sample's name.</param>
    /// <param name="labels">Its labels, formatted; may be empty.</param>
    /// <param name="extra">Another label, formatted; may be empty.</param>
    /// <param name="value">Its value.</param>
    public void Sample(string name, string labels, string extra, double value)
    {
        Text(name);
        if (labels.Length + extra.Length > 0)
        {
            Text("{");
            Text(labels);
            Text(labels.Length > 0 && extra.Length > 0 ? "," : "");
            Text(extra);
            Text("}");
        }

        Text(" ");
        Text(Number(value));
        Text("\n");
    }

    /// <summary>Formats a bucket's upper bound as the label <c>le</c>; OpenMetrics asks for canonical floats (<c>1.0</c>).</summary>
    /// <param name="bound">The bound.</param>
    public string UpperBound(double bound)
    {
        var text = Number(bound);
        var canonical = format == MetricsFormat.OpenMetrics && !text.AsSpan().ContainsAny(".eIN") ? text + ".0" : text;
        return $"le=\"{canonical}\"";
    }

    /// <summary>Ends the scrape.</summary>
    public void End() => Text(format == MetricsFormat.OpenMetrics ? "# EOF\n" : "");

    private static string Number(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        // Whole numbers up to 2^53 are exact in a double: written as integers, not as 1.2E+10.
        return Math.Abs(value) < 9_007_199_254_740_992 && Math.Floor(value) == value
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);
}
