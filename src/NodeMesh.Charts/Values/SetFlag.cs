using System.Globalization;
using System.Text;

namespace NodeMesh.Charts.Values;

/// <summary>One setting of <c>--set</c>: <c>a.b=value</c>; a backslash before a dot, comma or equals sign makes it part of the name or value, <c>{a,b}</c> is a list.</summary>
/// <param name="path">The fields.</param>
/// <param name="value">The value.</param>
internal sealed class SetFlag(IReadOnlyList<string> path, object? value)
{
    /// <summary>Reads settings that are parted by commas.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ChartException">It is not of that form.</exception>
    public static List<SetFlag> Parse(string text) => [.. Split(text, ',').Select(ParseOne)];

    /// <summary>Sets the value.</summary>
    /// <param name="values">Where.</param>
    /// <exception cref="ChartException">A field on the way is no map.</exception>
    public void ApplyTo(SortedDictionary<string, object?> values)
    {
        var at = values;
        foreach (var field in path.Take(path.Count - 1))
        {
            if (!at.TryGetValue(field, out var next))
            {
                at[field] = next = new SortedDictionary<string, object?>(StringComparer.Ordinal);
            }

            at = next as SortedDictionary<string, object?> ?? throw new ChartException($"--set {string.Join('.', path)}: {field} has no fields");
        }

        if (value is null)
        {
            at.Remove(path[^1]);
        }
        else
        {
            at[path[^1]] = value;
        }
    }

    private static SetFlag ParseOne(string setting)
    {
        var parts = Split(setting, '=');
        if (parts.Count < 2)
        {
            throw new ChartException($"--set {setting}: is not of the form FIELD.FIELD=VALUE");
        }

        var path = Split(parts[0], '.').Select(Unescape).ToList();
        if (path.Any(f => f.Length == 0 || f.Contains('[', StringComparison.Ordinal)))
        {
            throw new ChartException($"--set {setting}: '{parts[0]}' is no path of fields; give lists as a whole, {{a,b}}, or in a file with --values");
        }

        var text = string.Join('=', parts.Skip(1));
        return new SetFlag(path, text is ['{', .., '}'] ? Split(text[1..^1], ',').Where(i => i.Length > 0).Select(Scalar).ToList() : Scalar(text));
    }

    private static object? Scalar(string text) => text switch
    {
        "true" => true,
        "false" => false,
        "null" => null,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && (text is "0" || text.TrimStart('-') is not ['0', ..]) => number,
        _ => Unescape(text),
    };

    /// <summary>Parts a text, not in braces and not at escaped marks; escapes stay for the next.</summary>
    private static List<string> Split(string text, char mark)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
                continue;
            }

            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (text[i] == mark && depth == 0)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        }

        return plain.ToString();
    }
}
