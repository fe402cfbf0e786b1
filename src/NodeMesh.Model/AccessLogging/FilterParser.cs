using System.Globalization;
using System.Text.RegularExpressions;
using NodeMesh.Model.Routing;

namespace NodeMesh.Model.AccessLogging;

/// <summary>Reads a filter's expression. Kinds of values are checked as it is read, so that no line is lost to a comparison that can never hold.</summary>
/// <param name="text">The expression.</param>
internal sealed class FilterParser(string text)
{
    /// <summary>Longer ones nobody writes by hand.</summary>
    private const int MaximumLength = 2048;

    /// <summary>Parentheses and negations within each other: each takes a few frames of the stack.</summary>
    private const int MaximumDepth = 32;

    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "<", ">"];
    private static readonly string[] Functions = ["contains", "startsWith", "endsWith", "matches"];

    private int _at;
    private int _depth;

    /// <summary>Reads it.</summary>
    /// <returns>The whole of it.</returns>
    /// <exception cref="FormatException">It cannot be used.</exception>
    public FilterNode Parse()
    {
        if (text.Length > MaximumLength)
        {
            throw new FormatException($"is longer than {MaximumLength} characters");
        }

        var root = ReadOr();
        Skip();
        return _at < text.Length ? throw Unexpected() : Flag(root);
    }

    private FilterNode ReadOr()
    {
        var left = ReadAnd();
        while (Take("||"))
        {
            left = new FilterNode.Both(Flag(left), Flag(ReadAnd()), isOr: true);
        }

        return left;
    }

    private FilterNode ReadAnd()
    {
        var left = ReadRelation();
        while (Take("&&"))
        {
            left = new FilterNode.Both(Flag(left), Flag(ReadRelation()), isOr: false);
        }

        return left;
    }

    private FilterNode ReadRelation()
    {
        var left = ReadUnary();
        if (Array.Find(Signs, Take) is { } sign)
        {
            var right = ReadUnary();
            return left.Kind == right.Kind
                ? new FilterNode.Comparison(sign, left, right)
                : throw new FormatException($"compares {Word(left.Kind)} with {Word(right.Kind)} before position {_at + 1}");
        }

        return TakeWord("in") ? new FilterNode.Among(left, ReadList(left.Kind)) : left;
    }

    private FilterNode ReadUnary()
    {
        if (++_depth > MaximumDepth)
        {
            throw new FormatException($"has more than {MaximumDepth} parentheses within each other");
        }

        try
        {
            Skip();
            return text.AsSpan(_at).StartsWith("!=") || !Take("!") ? ReadPrimary() : new FilterNode.Not(Flag(ReadUnary()));
        }
        finally
        {
            _depth--;
        }
    }

    private FilterNode ReadPrimary()
    {
        if (Take("("))
        {
            var inner = ReadOr();
            Expect(")");
            return inner;
        }

        if (TryReadLiteral() is { } literal)
        {
            return new FilterNode.Literal(literal);
        }

        var start = _at;
        var name = ReadName();
        if (name == "has" && Take("("))
        {
            start = _at;
            var fact = Find(ReadName(), start);
            Expect(")");
            return new FilterNode.Has(fact);
        }

        // The last part may be a function of what is before it.
        var dot = name.LastIndexOf('.');
        if (dot < 0 || !Take("("))
        {
            return Find(name, start);
        }

        var function = name[(dot + 1)..];
        if (!Functions.Contains(function, StringComparer.Ordinal))
        {
            throw new FormatException($"uses the function {function}, which is not done here; of texts there are {string.Join(", ", Functions)}");
        }

        var subject = Find(name[..dot], start);
        var argument = subject.Kind == AccessValueKind.Text && TryReadLiteral() is { Text: { } found } ? found : throw new FormatException($"has {function} of something else than a text, or with something else");
        Expect(")");
        return new FilterNode.Question(subject, function, argument, function == "matches" ? Pattern(argument) : null);
    }

    private AccessValue[] ReadList(AccessValueKind kind)
    {
        Expect("[");
        var values = new List<AccessValue>();
        do
        {
            values.Add(TryReadLiteral() is { } value && value.Kind == kind ? value : throw new FormatException($"has in a list something else than {Word(kind)}, at position {_at + 1}"));
        }
        while (Take(","));
        Expect("]");
        return [.. values];
    }

    private AccessValue? TryReadLiteral()
    {
        Skip();
        if (_at >= text.Length)
        {
            return null;
        }

        var first = text[_at];
        if (first is '\'' or '"')
        {
            return AccessValue.Of(ReadText(first));
        }

        if (char.IsAsciiDigit(first) || first == '-')
        {
            var end = _at + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (!long.TryParse(text.AsSpan(_at, end - _at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                throw Unexpected();
            }

            _at = end;
            return AccessValue.Of(number);
        }

        return TakeWord("true") ? AccessValue.Of(true) : TakeWord("false") ? AccessValue.Of(false) : null;
    }

    private string ReadText(char quote)
    {
        var value = new System.Text.StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == quote)
            {
                _at++;
                return value.ToString();
            }

            if (text[_at] == '\\')
            {
                // Of escapes those that regular expressions and quotes need.
                _at++;
                value.Append(_at < text.Length && text[_at] is '\\' or '\'' or '"' ? text[_at] : throw new FormatException(@"has an escape that is not done here; there are \\, \' and \"""));
                continue;
            }

            value.Append(text[_at]);
        }

        throw new FormatException("has a text without its end");
    }

    private string ReadName()
    {
        Skip();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : throw Unexpected();
    }

    private static FilterNode.Fact Find(string name, int position) => FilterNames.Find(name) is { } fact
        ? new FilterNode.Fact(fact)
        : throw new FormatException($"asks for {name} at position {position + 1}, which is not known here; there are {FilterNames.All}");

    private static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(TextMatch.FromRe2(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"has a regular expression that is none of RE2: {error.Message}", error);
        }
    }

    private FilterNode Flag(FilterNode node) =>
        node.Kind == AccessValueKind.Flag ? node : throw new FormatException($"has {Word(node.Kind)} where true or false is wanted, before position {_at + 1}");

    private static string Word(AccessValueKind kind) => kind switch
    {
        AccessValueKind.Number => "a number",
        AccessValueKind.Text => "a text",
        _ => "a truth value",
    };

    private void Skip()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private bool Take(string sign)
    {
        Skip();
        if (!text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        Skip();
        var end = _at + word.Length;
        if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal) || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void Expect(string sign)
    {
        if (!Take(sign))
        {
            throw Unexpected(sign);
        }
    }

    private FormatException Unexpected(string? wanted = null)
    {
        Skip();
        var found = _at < text.Length ? $"'{text[_at]}' at position {_at + 1}" : "its end";
        return new FormatException(wanted is null ? $"has {found}, which is not done here" : $"has {found} where '{wanted}' is wanted");
    }
}
