using System.Globalization;
using System.Text;

namespace NodeMesh.Charts.Templates;

/// <summary>Cuts a template into text and actions, and actions into tokens, as Go's text/template does: <c>{{-</c> and <c>-}}</c> eat the space beside them.</summary>
internal sealed class TemplateLexer
{
    private readonly string _file;
    private readonly string _source;
    private readonly List<TemplatePiece> _pieces = [];
    private int _at;
    private int _line = 1;
    private bool _trimNext;

    private TemplateLexer(string file, string source)
    {
        _file = file;
        _source = source;
    }

    /// <summary>Cuts a template.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="ChartException">An action is not closed, or has something that is no token.</exception>
    public static IReadOnlyList<TemplatePiece> Cut(string file, string source)
    {
        var lexer = new TemplateLexer(file, source.ReplaceLineEndings("\n"));
        lexer.Run();
        return lexer._pieces;
    }

    private void Run()
    {
        while (_at < _source.Length)
        {
            var open = _source.IndexOf("{{", _at, StringComparison.Ordinal);
            var end = open < 0 ? _source.Length : open;
            var trim = open >= 0 && Starts(open + 2, "-") && open + 3 < _source.Length && char.IsWhiteSpace(_source[open + 3]);
            AddText(_source[_at..end], trim);
            Advance(end);
            if (open >= 0)
            {
                Advance(open + (trim ? 3 : 2));
                ReadAction();
            }
        }
    }

    private void AddText(string text, bool trimEnd)
    {
        var shown = _trimNext ? text.TrimStart() : text;
        shown = trimEnd ? shown.TrimEnd() : shown;
        _trimNext = false;
        if (shown.Length > 0)
        {
            _pieces.Add(new TemplatePiece(shown, [], _line));
        }
    }

    private void ReadAction()
    {
        var began = _line;
        var tokens = new List<Token>();
        var comment = false;
        while (true)
        {
            var before = _at;
            SkipSpace();
            var apart = _at > before;
            if (Starts(_at, "/*"))
            {
                var close = _source.IndexOf("*/", _at, StringComparison.Ordinal);
                Advance(close < 0 ? throw Error(began, "a comment is not closed with */") : close + 2);
                comment = true;
                continue;
            }

            // "-}}" trims only after space: "3-}}" is a number and a mistake.
            if (Starts(_at, "}}") || (Starts(_at, "-}}") && apart))
            {
                _trimNext = _source[_at] == '-';
                Advance(_at + (_trimNext ? 3 : 2));
                break;
            }

            tokens.Add(_at >= _source.Length ? throw Error(began, "an action is not closed with }}") : ReadToken(apart));
        }

        if (tokens.Count == 0 && !comment)
        {
            throw Error(began, "an action is empty");
        }

        if (tokens.Count > 0)
        {
            tokens.Add(new Token(TokenKind.End, "}}", _line, true));
            _pieces.Add(new TemplatePiece(null, tokens, began));
        }
    }

    private Token ReadToken(bool apart)
    {
        var line = _line;
        var c = _source[_at];
        if (c is '"' or '`')
        {
            return new Token(TokenKind.Text, c == '"' ? ReadQuoted() : ReadRaw(), line, apart);
        }

        if (c is '|' or '(' or ')' or ',' or '=' or ':')
        {
            var symbol = Starts(_at, ":=") ? ":=" : c == ':' ? throw Error(line, "':' stands alone; := declares a variable") : c.ToString();
            Advance(_at + symbol.Length);
            return new Token(TokenKind.Symbol, symbol, line, apart);
        }

        if (char.IsAsciiDigit(c) || (c is '-' or '+' && _at + 1 < _source.Length && char.IsAsciiDigit(_source[_at + 1])))
        {
            return new Token(TokenKind.Number, Take(1, x => char.IsAsciiLetterOrDigit(x) || x is '.' or '_'), line, apart);
        }

        return c switch
        {
            '.' => Take(1, IsWordPart) is { Length: > 1 } field ? new Token(TokenKind.Field, field[1..], line, apart) : new Token(TokenKind.Dot, ".", line, apart),
            '$' => new Token(TokenKind.Variable, Take(1, IsWordPart), line, apart),
            _ when char.IsLetter(c) || c == '_' => new Token(TokenKind.Word, Take(1, IsWordPart), line, apart),
            _ => throw Error(line, $"'{c}' has no meaning in an action"),
        };
    }

    private string ReadRaw()
    {
        var close = _source.IndexOf('`', _at + 1);
        var text = close < 0 ? throw Error(_line, "a raw string is not closed with `") : _source[(_at + 1)..close];
        Advance(close + 1);
        return text;
    }

    private string ReadQuoted()
    {
        var text = new StringBuilder();
        for (var i = _at + 1; i < _source.Length && _source[i] != '\n'; i++)
        {
            switch (_source[i])
            {
                case '"':
                    Advance(i + 1);
                    return text.ToString();
                case '\\' when i + 1 < _source.Length:
                    text.Append(_source[++i] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        '"' or '\\' => _source[i],
                        _ => throw Error(_line, $"the escape \\{_source[i]} is not known here; use \\n, \\t, \\r, \\\" or \\\\"),
                    });
                    break;
                default:
                    text.Append(_source[i]);
                    break;
            }
        }

        throw Error(_line, "a string is not closed with \"");
    }

    private string Take(int least, Func<char, bool> part)
    {
        var end = _at + least;
        while (end < _source.Length && part(_source[end]))
        {
            end++;
        }

        var text = _source[_at..end];
        Advance(end);
        return text;
    }

    private void SkipSpace()
    {
        var end = _at;
        while (end < _source.Length && char.IsWhiteSpace(_source[end]))
        {
            end++;
        }

        Advance(end);
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private bool Starts(int at, string text) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;

    private ChartException Error(int line, string message) => new(string.Create(CultureInfo.InvariantCulture, $"{_file}:{line}: {message}"));
}
