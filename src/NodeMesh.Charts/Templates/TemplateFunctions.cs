using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts.Templates;

/// <summary>
/// The functions of the subset, each as Go's text/template, sprig and Helm have it; <c>and</c>, <c>or</c> and <c>include</c>, which need the evaluator, are
/// its own. What those take leniently is an error here.
/// </summary>
internal static class TemplateFunctions
{
    private const int Any = int.MaxValue;

    private static readonly FrozenDictionary<string, (int Least, int Most)> Counts = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["and"] = (1, Any),
        ["or"] = (1, Any),
        ["not"] = (1, 1),
        ["include"] = (2, 2),
        ["eq"] = (2, Any),
        ["ne"] = (2, 2),
        ["lt"] = (2, 2),
        ["gt"] = (2, 2),
        ["default"] = (2, 2),
        ["required"] = (2, 2),
        ["fail"] = (1, 1),
        ["quote"] = (1, 1),
        ["toYaml"] = (1, 1),
        ["indent"] = (2, 2),
        ["nindent"] = (2, 2),
        ["printf"] = (1, Any),
        ["int"] = (1, 1),
        ["add"] = (1, Any),
        ["trunc"] = (2, 2),
        ["trimSuffix"] = (2, 2),
        ["replace"] = (3, 3),
        ["hasKey"] = (2, 2),
        ["list"] = (0, Any),
        ["join"] = (2, 2),
        ["sha256sum"] = (1, 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The functions' names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Counts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a function of that name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsKnown(string name) => Counts.ContainsKey(name);

    /// <summary>Checks how many arguments a function is given.</summary>
    /// <param name="name">The function.</param>
    /// <param name="count">The arguments.</param>
    /// <param name="error">Makes the error.</param>
    public static void CheckCount(string name, int count, Func<string, ChartException> error)
    {
        var (least, most) = Counts[name];
        if (count < least || count > most)
        {
            throw error($"{name} takes {least}{(most == Any ? " or more" : "")} arguments, and has {count}");
        }
    }

    /// <summary>Calls a function.</summary>
    /// <param name="name">The function.</param>
    /// <param name="a">The arguments.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">It cannot be done; the message has no place yet.</exception>
    public static object? Call(string name, IReadOnlyList<object?> a) => name switch
    {
        "not" => !GoValue.IsTrue(a[0]),
        "eq" => a.Skip(1).Any(other => Same(a[0], other)),
        "ne" => !Same(a[0], a[1]),
        "lt" => Compare(a[0], a[1]) < 0,
        "gt" => Compare(a[0], a[1]) > 0,
        "default" => GoValue.IsTrue(a[1]) ? a[1] : a[0],
        "required" => a[1] is null or "" ? throw new FormatException(Text(name, a[0])) : a[1],
        "fail" => throw new FormatException(Text(name, a[0])),
        "quote" => GoValue.Quote(Scalar(name, a[0])),
        "toYaml" => ManifestWriter.ToYaml(GoValue.ToNode(a[0])).TrimEnd('\n'),
        "indent" => Indent(Whole(name, a[0]), Text(name, a[1])),
        "nindent" => "\n" + Indent(Whole(name, a[0]), Text(name, a[1])),
        "printf" => Format(Text(name, a[0]), a),
        "int" => Int(a[0]),
        "add" => a.Sum(Int),
        "trunc" => Text(name, a[1]) is var text && Whole(name, a[0]) is var length && length >= 0 && text.Length > length ? text[..length] : text,
        "trimSuffix" => Text(name, a[1]) is var whole && Text(name, a[0]) is var suffix && whole.EndsWith(suffix, StringComparison.Ordinal) ? whole[..^suffix.Length] : whole,
        "replace" => Text(name, a[2]).Replace(Text(name, a[0]), Text(name, a[1]), StringComparison.Ordinal),
        "hasKey" => a[0] is SortedDictionary<string, object?> map ? map.ContainsKey(Text(name, a[1])) : throw Wrong(name, "a map", a[0]),
        "list" => a.ToList(),
        "join" => a[1] is List<object?> items ? string.Join(Text(name, a[0]), items.Select(i => Scalar(name, i))) : throw Wrong(name, "a list", a[1]),
        "sha256sum" => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(name, a[0])))),
        _ => throw new FormatException($"the function \"{name}\" is not known"),
    };

    private static bool Same(object? a, object? b) => (a, b) switch
    {
        (null, _) or (_, null) => a is null && b is null,
        (bool x, bool y) => x == y,
        (long x, long y) => x == y,
        (double x, double y) => x.Equals(y),
        (string x, string y) => x == y,
        _ => throw new FormatException($"{GoValue.Describe(a)} cannot be compared with {GoValue.Describe(b)}; make both the same kind, numbers with int"),
    };

    private static int Compare(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (double x, double y) => x.CompareTo(y),
        (string x, string y) => string.CompareOrdinal(x, y),
        _ => throw new FormatException($"{GoValue.Describe(a)} cannot be compared with {GoValue.Describe(b)}; make both the same kind, numbers with int"),
    };

    private static long Int(object? value) => value switch
    {
        long whole => whole,
        double real => (long)real,
        bool flag => flag ? 1 : 0,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => throw Wrong("int", "a number", value),
    };

    private static string Indent(int spaces, string text)
    {
        var pad = new string(' ', spaces);
        return pad + text.Replace("\n", "\n" + pad, StringComparison.Ordinal);
    }

    private static string Format(string format, IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder();
        var used = 1;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var verb = format[++i];
            if (verb == '%')
            {
                text.Append('%');
                continue;
            }

            var value = used < arguments.Count ? arguments[used++] : throw new FormatException($"printf: \"{format}\" has more verbs than arguments");
            text.Append(verb switch
            {
                's' when value is string => value,
                'd' when value is long => GoValue.Print(value),
                'q' when value is string quoted => GoValue.Quote(quoted),
                'v' => Scalar("printf", value),
                _ => throw new FormatException($"printf: %{verb} does not take {GoValue.Describe(value)}; served are %s, %q, %d and %v"),
            });
        }

        return used == arguments.Count ? text.ToString() : throw new FormatException($"printf: \"{format}\" has fewer verbs than arguments");
    }

    private static string Text(string function, object? value) => value as string ?? throw Wrong(function, "a string", value);

    private static string Scalar(string function, object? value) => GoValue.Print(value) ?? throw Wrong(function, "a string, number or bool", value);

    private static int Whole(string function, object? value) => value is long number and >= int.MinValue and <= int.MaxValue ? (int)number : throw Wrong(function, "an integer", value);

    private static FormatException Wrong(string function, string expected, object? value) => new($"{function} takes {expected} here, not {GoValue.Describe(value)}");
}
