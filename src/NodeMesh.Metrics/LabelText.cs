using System.Globalization;
using System.Text;

namespace NodeMesh.Metrics;

/// <summary>Labels in exposition form, <c>a="b",c="d"</c>: made once per series, written at each scrape.</summary>
internal static class LabelText
{
    /// <summary>The labels of the series that takes what exceeds the limit of series.</summary>
    public const string Overflow = "overflow=\"true\"";

    /// <summary>Formats labels whose order is fixed.</summary>
    /// <param name="names">Names, already valid.</param>
    /// <param name="values">As many values.</param>
    public static string Of(ReadOnlySpan<string> names, ReadOnlySpan<string> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Length; i++)
        {
            Append(text, names[i], values[i]);
        }

        return text.ToString();
    }

    /// <summary>Formats tags, sorted by name, so that their order makes no difference; of two tags with one name the last wins.</summary>
    /// <param name="tags">The tags.</param>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            labels[MetricName.OfLabel(name)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            Append(text, name, value);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string value)
    {
        if (text.Length > 0)
        {
            text.Append(',');
        }

        text.Append(name).Append("=\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
