using System.Text.RegularExpressions;

namespace NodeMesh.Model.Routing;

/// <summary>A comparison of a text: with another, with its beginning, or with a regular expression that must match the whole of it. Compared by what it says.</summary>
public sealed class TextMatch : IEquatable<TextMatch>
{
    private readonly Regex? _pattern;
    private readonly StringComparison _comparison;

    private TextMatch(TextMatchKind kind, string value, bool ignoreCase, Regex? pattern)
    {
        Kind = kind;
        Value = value;
        IgnoreCase = ignoreCase;
        _pattern = pattern;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    }

    /// <summary>Takes every text that is there.</summary>
    public static TextMatch Present { get; } = new(TextMatchKind.Present, "", false, null);

    /// <summary>How it compares.</summary>
    public TextMatchKind Kind { get; }

    /// <summary>The text or expression, as it was written.</summary>
    public string Value { get; }

    /// <summary>True when case does not count.</summary>
    public bool IgnoreCase { get; }

    /// <summary>True for a regular expression.</summary>
    public bool IsPattern => _pattern is not null;

    /// <summary>Compares with a text, case and all.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The comparison.</returns>
    public static TextMatch Exact(string value) => Exact(value, false);

    /// <summary>Compares with a text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="ignoreCase">True when case does not count.</param>
    /// <returns>The comparison.</returns>
    public static TextMatch Exact(string value, bool ignoreCase) => new(TextMatchKind.Exact, value, ignoreCase, null);

    /// <summary>Compares with the beginning of a text.</summary>
    /// <param name="value">The beginning.</param>
    /// <param name="ignoreCase">True when case does not count.</param>
    /// <returns>The comparison.</returns>
    public static TextMatch Prefix(string value, bool ignoreCase = false) => new(TextMatchKind.Prefix, value, ignoreCase, null);

    /// <summary>Compares with a regular expression, in time proportional to the text: look-around and back-references, which RE2 lacks too, are refused.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">It is not such an expression.</exception>
    public static TextMatch Pattern(string pattern)
    {
        try
        {
            // By itself first: a parenthesis too many would otherwise close the group that is put around it.
            var expression = FromRe2(pattern);
            _ = new Regex(expression, RegexOptions.CultureInvariant);
            return new TextMatch(TextMatchKind.Pattern, pattern, false, new Regex($@"\A(?:{expression})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException($"'{pattern}' uses look-around or back-references", nameof(pattern), error);
        }
    }

    /// <summary>Compares.</summary>
    /// <param name="text">The text; null never matches.</param>
    /// <returns>True on a match.</returns>
    public bool Matches(string? text) => text is not null && Matches(text.AsSpan());

    /// <summary>Compares.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True on a match.</returns>
    public bool Matches(ReadOnlySpan<char> text) => Kind switch
    {
        TextMatchKind.Exact => text.Equals(Value, _comparison),
        TextMatchKind.Prefix => text.StartsWith(Value, _comparison),
        TextMatchKind.Pattern => _pattern!.IsMatch(text),
        _ => true,
    };

    /// <summary>Writes an expression of RE2's as .NET has it: named groups are <c>(?P&lt;name&gt;…)</c> there.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The expression.</returns>
    internal static string FromRe2(string pattern) => pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool Equals(TextMatch? other) => other is not null && Kind == other.Kind && Value == other.Value && IgnoreCase == other.IgnoreCase;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextMatch);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Value, IgnoreCase);

    /// <summary>For people.</summary>
    public override string ToString() => Kind == TextMatchKind.Present ? "present" : $"{Kind} '{Value}'";
}
