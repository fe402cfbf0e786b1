using System.Globalization;
using System.Text;

namespace NodeMesh.Cli.Dashboard;

/// <summary>One line of Prometheus' text format.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value.</param>
internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>A label; empty when it is missing.</summary>
    /// <param name="label">The label.</param>
    public string this[string label] => Labels.GetValueOrDefault(label, "");

    /// <summary>Reads a text; lines that are none of samples are left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">Only metrics whose names begin so.</param>
    public static IEnumerable<MetricSample> Read(string text, string prefix) =>
        text.Split('\n').Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Select(ReadLine).OfType<MetricSample>();

    private static MetricSample? ReadLine(string line)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = line.AsSpan().IndexOfAny('{', ' ');
        if (at < 0)
        {
            return null;
        }

        var name = line[..at];
        if (line[at] == '{')
        {
            at++;
            while (at < line.Length && line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                if (equals < 0 || equals + 1 >= line.Length || line[equals + 1] != '"')
                {
                    return null;
                }

                var label = line[at..equals];
                at = ReadText(line, equals + 2, out var value);
                labels[label] = value;
                at += at < line.Length && line[at] == ',' ? 1 : 0;
            }

            at++;
        }

        var parts = at < line.Length ? line[at..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return parts.Length > 0 && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new MetricSample(name, labels, number) : null;
    }

    private static int ReadText(string line, int at, out string value)
    {
        var text = new StringBuilder();
        for (; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                text.Append(line[at] == 'n' ? '\n' : line[at]);
            }
            else
            {
                text.Append(line[at]);
            }
        }

        value = text.ToString();
        return at + 1;
    }
}
