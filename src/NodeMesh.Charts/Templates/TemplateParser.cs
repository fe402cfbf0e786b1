using System.Globalization;

namespace NodeMesh.Charts.Templates;

/// <summary>Makes a tree of a template's pieces. What is not in the subset is an error here, and so is a function that nobody knows.</summary>
internal sealed class TemplateParser
{
    private readonly string _file;
    private readonly IReadOnlyList<TemplatePiece> _pieces;
    private readonly TemplateSet _set;
    private int _at;

    private TemplateParser(string file, IReadOnlyList<TemplatePiece> pieces, TemplateSet set)
    {
        _file = file;
        _pieces = pieces;
        _set = set;
    }

    /// <summary>Reads a file; what it defines goes into the set.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="source">Its text.</param>
    /// <param name="set">Where definitions go.</param>
    /// <returns>The file's own parts.</returns>
    /// <exception cref="ChartException">It is not a template of this subset.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string file, string source, TemplateSet set)
    {
        var parser = new TemplateParser(file, TemplateLexer.Cut(file, source), set);
        var (body, end) = parser.ParseBody(topLevel: true);
        return end is null ? body : throw parser.Error(end.Line, $"{{{{ {end.Tokens[0].Text} }}}} closes nothing");
    }

    private (List<TemplateNode> Body, TemplatePiece? End) ParseBody(bool topLevel)
    {
        var body = new List<TemplateNode>();
        while (_at < _pieces.Count)
        {
            var piece = _pieces[_at++];
            if (piece.Text is { } text)
            {
                body.Add(new TextNode(text));
                continue;
            }

            switch (piece.Tokens[0])
            {
                case { Kind: TokenKind.Word, Text: "end" or "else" }:
                    return (body, piece);
                case { Kind: TokenKind.Word, Text: "define" }:
                    Define(piece, topLevel);
                    break;
                case { Kind: TokenKind.Word, Text: "if" or "with" } word:
                    body.Add(ParseIf(piece, word.Text == "with", 1));
                    break;
                case { Kind: TokenKind.Word, Text: "range" }:
                    body.Add(ParseRange(piece));
                    break;
                case { Kind: TokenKind.Word, Text: "template" or "block" or "break" or "continue" } word:
                    throw Error(word.Line, $"{word.Text} is not served; use include and if");
                default:
                    body.Add(ParseAction(piece));
                    break;
            }
        }

        return (body, null);
    }

    private void Define(TemplatePiece piece, bool topLevel)
    {
        if (!topLevel || piece.Tokens is not [_, { Kind: TokenKind.Text } name, { Kind: TokenKind.End }])
        {
            throw Error(piece.Line, "define takes one quoted name, outside of other blocks");
        }

        var (body, end) = ParseBody(topLevel: false);
        RequireEnd(piece, end);
        if (!_set.Definitions.TryAdd(name.Text, (_file, body)))
        {
            throw Error(piece.Line, $"\"{name.Text}\" is defined twice");
        }
    }

    private IfNode ParseIf(TemplatePiece piece, bool setsDot, int skip)
    {
        var reader = Reader(piece, skip);
        var variable = reader.TryDeclaration();
        var condition = reader.ReadPipeline();
        reader.RequireEnd();
        var (body, end) = ParseBody(topLevel: false);
        if (end is { Tokens: [{ Text: "else" }, { Kind: TokenKind.Word, Text: "if" }, ..] })
        {
            return setsDot ? throw Error(end.Line, "else if in a with is not served") : new IfNode(condition, variable, setsDot, body, [ParseIf(end, setsDot: false, 2)]);
        }

        return new IfNode(condition, variable, setsDot, body, ParseElse(piece, end));
    }

    private RangeNode ParseRange(TemplatePiece piece)
    {
        var reader = Reader(piece, 1);
        var (key, value) = reader.TryRangeDeclaration();
        var over = reader.ReadPipeline();
        reader.RequireEnd();
        var (body, end) = ParseBody(topLevel: false);
        return new RangeNode(over, key, value, body, ParseElse(piece, end));
    }

    private List<TemplateNode> ParseElse(TemplatePiece piece, TemplatePiece? end)
    {
        if (end is not { Tokens: [{ Text: "else" }, ..] })
        {
            RequireEnd(piece, end);
            return [];
        }

        if (end.Tokens.Count != 2)
        {
            throw Error(end.Line, "after else comes if or nothing");
        }

        var (otherwise, closing) = ParseBody(topLevel: false);
        RequireEnd(piece, closing);
        return otherwise;
    }

    private TemplateNode ParseAction(TemplatePiece piece)
    {
        var reader = Reader(piece, 0);
        if (piece.Tokens is [{ Kind: TokenKind.Variable } variable, { Kind: TokenKind.Symbol, Text: ":=" or "=" } sign, ..])
        {
            reader.Skip(2);
            var assigned = reader.ReadPipeline();
            reader.RequireEnd();
            return new AssignNode(variable.Text, assigned, sign.Text == ":=");
        }

        var value = reader.ReadPipeline();
        reader.RequireEnd();
        return new OutputNode(value);
    }

    private ExpressionReader Reader(TemplatePiece piece, int skip)
    {
        var reader = new ExpressionReader(_file, piece.Tokens);
        reader.Skip(skip);
        return reader;
    }

    private void RequireEnd(TemplatePiece opened, TemplatePiece? end)
    {
        if (end is not { Tokens: [{ Text: "end" }, { Kind: TokenKind.End }] })
        {
            throw Error(end?.Line ?? opened.Line, $"the {opened.Tokens[0].Text} of line {opened.Line.ToString(CultureInfo.InvariantCulture)} is not closed with {{{{ end }}}}");
        }
    }

    private ChartException Error(int line, string message) => new(string.Create(CultureInfo.InvariantCulture, $"{_file}:{line}: {message}"));
}
