using System.Text.RegularExpressions;

namespace NodeMesh.Model.Routing;

/// <summary>A comparison of a text: with another, or with a regular expression that must match the whole of it.</summary>
public sealed class TextMatch
{
    private readonly Regex? _pattern;

    private TextMatch(string value, Regex? pattern)
    {
        Value = value;
        _pattern = pattern;
    }

    /// <summary>The text or expression, as it was written.</summary>
    public string Value { get; }

    /// <summary>True for a regular expression.</summary>
    public bool IsPattern => _pattern is not null;

    /// <summary>Compares with a text, case and all.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The comparison.</returns>
    public static TextMatch Exact(string value) => new(value, null);

    /// <summary>Compares with a regular expression, in time proportional to the text: look-around and back-references, which RE2 lacks too, are refused.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">It is not such an expression.</exception>
    public static TextMatch Pattern(string pattern)
    {
        try
        {
            // By itself first: a parenthesis too many would otherwise close the group that is put around it.
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return new TextMatch(pattern, new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
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
    public bool Matches(ReadOnlySpan<char> text) => _pattern is null ? text.SequenceEqual(Value) : _pattern.IsMatch(text);
}
