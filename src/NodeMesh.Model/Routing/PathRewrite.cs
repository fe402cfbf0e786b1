using System.Text.RegularExpressions;

namespace NodeMesh.Model.Routing;

/// <summary>A change of a request's path. Compared by what it says.</summary>
public sealed class PathRewrite : IEquatable<PathRewrite>
{
    private readonly Regex? _pattern;
    private readonly string _replacement;

    private PathRewrite(PathRewriteKind kind, string value, string pattern, Regex? regex, string replacement)
    {
        Kind = kind;
        Value = value;
        PatternText = pattern;
        _pattern = regex;
        _replacement = replacement;
    }

    /// <summary>What is replaced.</summary>
    public PathRewriteKind Kind { get; }

    /// <summary>What it is replaced with; for a pattern with references <c>\1</c> to groups.</summary>
    public string Value { get; }

    /// <summary>The regular expression of <see cref="PathRewriteKind.Pattern"/>; else empty.</summary>
    public string PatternText { get; }

    /// <summary>Replaces the whole path.</summary>
    /// <param name="path">The new path.</param>
    /// <returns>The rewrite.</returns>
    public static PathRewrite Full(string path) => new(PathRewriteKind.Full, path, "", null, "");

    /// <summary>Replaces the elements that a prefix matched.</summary>
    /// <param name="path">The new elements.</param>
    /// <returns>The rewrite.</returns>
    public static PathRewrite Prefix(string path) => new(PathRewriteKind.Prefix, path, "", null, "");

    /// <summary>Replaces the characters that a prefix matched.</summary>
    /// <param name="text">The new characters.</param>
    /// <returns>The rewrite.</returns>
    public static PathRewrite StringPrefix(string text) => new(PathRewriteKind.StringPrefix, text, "", null, "");

    /// <summary>Replaces what a regular expression matches.</summary>
    /// <param name="pattern">The expression; of those that run in linear time.</param>
    /// <param name="replacement">The replacement: <c>\1</c> to <c>\9</c> are groups, <c>\0</c> the whole match, <c>\\</c> a backslash, as in RE2.</param>
    /// <returns>The rewrite.</returns>
    /// <exception cref="ArgumentException">It is not such an expression, or the replacement names a group that it lacks.</exception>
    public static PathRewrite Pattern(string pattern, string replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        try
        {
            var regex = new Regex(TextMatch.FromRe2(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new PathRewrite(PathRewriteKind.Pattern, replacement, pattern, regex, Translate(replacement, regex.GetGroupNumbers().Length));
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException($"'{pattern}' uses look-around or back-references", nameof(pattern), error);
        }
    }

    /// <summary>Applies it.</summary>
    /// <param name="path">The path without the query string.</param>
    /// <param name="matchedPrefix">The prefix by which the rule matched, as it is written in the rule; null when it matched otherwise.</param>
    /// <returns>The new path.</returns>
    public string Apply(string path, string? matchedPrefix)
    {
        ArgumentNullException.ThrowIfNull(path);
        switch (Kind)
        {
            case PathRewriteKind.Pattern:
                return _pattern!.Replace(path, _replacement);
            case PathRewriteKind.StringPrefix:
                return matchedPrefix is null || path.Length < matchedPrefix.Length ? Value : string.Concat(Value, path.AsSpan(matchedPrefix.Length));
            case PathRewriteKind.Prefix:
                return ReplaceElements(path, matchedPrefix ?? path);
            default:
                return Value;
        }
    }

    /// <inheritdoc/>
    public bool Equals(PathRewrite? other) => other is not null && Kind == other.Kind && Value == other.Value && PatternText == other.PatternText;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PathRewrite);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Value, PatternText);

    /// <summary>For people.</summary>
    public override string ToString() => Kind == PathRewriteKind.Pattern ? $"{PatternText} -> {Value}" : $"{Kind} '{Value}'";

    // The slashes at the ends of prefix and replacement say nothing; the path that is left over begins with one, or is empty.
    private string ReplaceElements(string path, string matchedPrefix)
    {
        var prefix = matchedPrefix.TrimEnd('/');
        var rest = path.AsSpan(Math.Min(prefix.Length, path.Length));
        var replacement = Value.AsSpan().TrimEnd('/');
        return (replacement.Length, rest.Length) switch
        {
            (0, 0) => "/",
            (_, 0) => Value,
            _ => string.Concat(replacement, rest),
        };
    }

    private static string Translate(string replacement, int groups)
    {
        var text = new System.Text.StringBuilder(replacement.Length + 8);
        for (var i = 0; i < replacement.Length; i++)
        {
            var c = replacement[i];
            if (c == '$')
            {
                text.Append("$$");
            }
            else if (c != '\\')
            {
                text.Append(c);
            }
            else if (++i < replacement.Length && char.IsAsciiDigit(replacement[i]))
            {
                if (replacement[i] - '0' >= groups)
                {
                    throw new ArgumentException($"'{replacement}' names group {replacement[i]}, and the expression has {groups - 1}", nameof(replacement));
                }

                text.Append("${").Append(replacement[i]).Append('}');
            }
            else if (i < replacement.Length && replacement[i] == '\\')
            {
                text.Append('\\');
            }
            else
            {
                throw new ArgumentException($"'{replacement}' has a backslash before neither a digit nor a backslash", nameof(replacement));
            }
        }

        return text.ToString();
    }
}
