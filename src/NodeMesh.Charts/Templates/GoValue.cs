using System.Globalization;
using System.Text;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts.Templates;

/// <summary>
/// Values as Go's templates see them: null, bool, long (Go's int and int64), double (float64, what Helm makes of every number of a values file), string,
/// <c>List&lt;object?&gt;</c> and <c>SortedDictionary&lt;string, object?&gt;</c>.
/// </summary>
internal static class GoValue
{
    /// <summary>Whether a value counts as true: it is not empty.</summary>
    /// <param name="value">The value.</param>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        SortedDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    /// <summary>What kind a value is, for people.</summary>
    /// <param name="value">The value.</param>
    public static string Describe(object? value) => value switch
    {
        null => "nothing",
        bool => "a bool",
        long => "an integer",
        double => "a number of the values (float64)",
        string => "a string",
        List<object?> => "a list",
        SortedDictionary<string, object?> => "a map",
        _ => "an object",
    };

    /// <summary>Writes a scalar as Go's <c>%v</c>.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The text; null for what has no good text.</returns>
    public static string? Print(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Print(number),
        string text => text,
        _ => null,
    };

    /// <summary>Go's <c>%q</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < 0x20 or 0x7f => $"\\x{rune.Value:x2}",
                _ => rune.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Reads a tree of YAML; numbers become float64, as in Helm.</summary>
    /// <param name="node">The tree; null for an empty document.</param>
    public static object? FromNode(ManifestNode? node) => node switch
    {
        ManifestMapping map => new SortedDictionary<string, object?>(map.Entries.ToDictionary(e => e.Key, e => FromNode(e.Value)), StringComparer.Ordinal),
        ManifestSequence list => list.Items.Select(FromNode).ToList(),
        ManifestScalar { Kind: ScalarKind.Boolean } scalar => scalar.Text == "true",
        ManifestScalar { Kind: ScalarKind.Integer or ScalarKind.Float } scalar => double.Parse(scalar.Text, CultureInfo.InvariantCulture),
        ManifestScalar { Kind: ScalarKind.String } scalar => scalar.Text,
        _ => null,
    };

    /// <summary>Makes a tree of a value.</summary>
    /// <param name="value">The value.</param>
    public static ManifestNode ToNode(object? value) => value switch
    {
        SortedDictionary<string, object?> map => new ManifestMapping([.. map.Select(e => new ManifestEntry(e.Key, ToNode(e.Value)))]),
        List<object?> list => new ManifestSequence([.. list.Select(ToNode)]),
        string text => ManifestScalar.String(text),
        bool flag => ManifestScalar.Boolean(flag),
        long number => ManifestScalar.Integer(number),
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => ManifestScalar.Integer((long)number),
        double number => new ManifestScalar(number.ToString("R", CultureInfo.InvariantCulture), ScalarKind.Float),
        _ => new ManifestScalar("null", ScalarKind.Null),
    };

    /// <summary>
    /// Go's <c>%v</c> of a float64: the shortest digits, and an exponent from a million on, which turns a large number of a values file into what
    /// Kubernetes does not read. Charts write such numbers through <c>int</c>.
    /// </summary>
    private static string Print(double number)
    {
        var digits = number.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = int.Parse(digits.AsSpan(digits.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (number == 0 || exponent is >= -4 and < 6)
        {
            return ((decimal)number).ToString(CultureInfo.InvariantCulture);
        }

        var shortest = number.ToString("R", CultureInfo.InvariantCulture).TrimStart('-');
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (e < 0 ? shortest : shortest[..e]).Replace(".", "", StringComparison.Ordinal).Trim('0');
        var fraction = mantissa.Length > 1 ? $".{mantissa[1..]}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : "")}{mantissa[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
