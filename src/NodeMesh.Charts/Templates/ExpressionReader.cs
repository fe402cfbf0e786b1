using System.Globalization;

namespace NodeMesh.Charts.Templates;

/// <summary>Reads the expressions of one action.</summary>
/// <param name="file">The template, for errors.</param>
/// <param name="tokens">The action's tokens.</param>
internal sealed class ExpressionReader(string file, IReadOnlyList<Token> tokens)
{
    private int _at;

    private Token Next => tokens[_at];

    /// <summary>Leaves tokens out.</summary>
    /// <param name="count">How many.</param>
    public void Skip(int count) => _at += count;

    /// <summary>Reads <c>$name :=</c> if it is there.</summary>
    /// <returns>The variable.</returns>
    public string? TryDeclaration()
    {
        if (Next.Kind != TokenKind.Variable || !IsSymbol(_at + 1, ":="))
        {
            return null;
        }

        _at += 2;
        return tokens[_at - 2].Text;
    }

    /// <summary>Reads <c>$key, $value :=</c> or <c>$value :=</c> if it is there.</summary>
    /// <returns>The variables.</returns>
    public (string? Key, string? Value) TryRangeDeclaration()
    {
        if (Next.Kind == TokenKind.Variable && IsSymbol(_at + 1, ",") && tokens[_at + 2].Kind == TokenKind.Variable && IsSymbol(_at + 3, ":="))
        {
            _at += 4;
            return (tokens[_at - 4].Text, tokens[_at - 2].Text);
        }

        return (null, TryDeclaration());
    }

    /// <summary>Reads commands joined by <c>|</c>: each is the last argument of the next.</summary>
    public TemplateExpression ReadPipeline()
    {
        var value = ReadCommand(piped: null);
        while (Next is { Kind: TokenKind.Symbol, Text: "|" })
        {
            _at++;
            value = ReadCommand(value);
        }

        return value;
    }

    /// <summary>Checks that nothing is left.</summary>
    /// <exception cref="ChartException">Something is.</exception>
    public void RequireEnd()
    {
        if (Next.Kind != TokenKind.End)
        {
            throw Error(Next.Line, $"'{Next.Text}' is not expected here");
        }
    }

    private TemplateExpression ReadCommand(TemplateExpression? piped)
    {
        var first = Next;
        if (first is { Kind: TokenKind.Word, Text: not ("true" or "false" or "nil") })
        {
            _at++;
            if (!TemplateFunctions.IsKnown(first.Text))
            {
                throw Error(first.Line, $"the function \"{first.Text}\" is not known; known are {string.Join(", ", TemplateFunctions.Names)}");
            }

            var arguments = ReadArguments();
            if (piped is not null)
            {
                arguments.Add(piped);
            }

            TemplateFunctions.CheckCount(first.Text, arguments.Count, message => Error(first.Line, message));
            return new CallExpression(first.Text, arguments, first.Line);
        }

        if (piped is not null)
        {
            throw Error(first.Line, $"after | comes a function, not '{first.Text}'");
        }

        var operand = ReadOperand();
        var given = ReadArguments();
        return given.Count == 0 ? operand
            : operand is FieldExpression field ? field with { Arguments = given }
            : throw Error(first.Line, $"'{first.Text}' is no function, and takes no arguments");
    }

    private List<TemplateExpression> ReadArguments()
    {
        var arguments = new List<TemplateExpression>();
        while (Next.Kind != TokenKind.End && Next is not { Kind: TokenKind.Symbol, Text: "|" or ")" })
        {
            arguments.Add(ReadOperand());
        }

        return arguments;
    }

    private TemplateExpression ReadOperand()
    {
        var token = Next;
        _at++;
        var value = token.Kind switch
        {
            TokenKind.Dot => (TemplateExpression)new DotExpression(token.Line),
            TokenKind.Field => new FieldExpression(new DotExpression(token.Line), token.Text, [], token.Line),
            TokenKind.Variable => new VariableExpression(token.Text, token.Line),
            TokenKind.Text => new LiteralExpression(token.Text, token.Line),
            TokenKind.Number => new LiteralExpression(Number(token), token.Line),
            TokenKind.Word when token.Text is "true" or "false" => new LiteralExpression(token.Text == "true", token.Line),
            TokenKind.Word when token.Text is "nil" => new LiteralExpression(null, token.Line),
            TokenKind.Word when TemplateFunctions.IsKnown(token.Text) => new CallExpression(token.Text, [], token.Line),
            TokenKind.Symbol when token.Text == "(" => ReadParentheses(token),
            _ => throw Error(token.Line, $"'{token.Text}' is not expected here"),
        };
        if (value is CallExpression { Arguments.Count: 0 } bare && token.Kind == TokenKind.Word)
        {
            TemplateFunctions.CheckCount(bare.Function, 0, message => Error(token.Line, message));
        }

        while (Next is { Kind: TokenKind.Field, Apart: false } field)
        {
            _at++;
            value = new FieldExpression(value, field.Text, [], field.Line);
        }

        return value;
    }

    private TemplateExpression ReadParentheses(Token open)
    {
        var inner = ReadPipeline();
        if (Next is not { Kind: TokenKind.Symbol, Text: ")" })
        {
            throw Error(open.Line, "a parenthesis is not closed");
        }

        _at++;
        return inner;
    }

    private object Number(Token token) =>
        long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (object)whole
        : double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real
        : throw Error(token.Line, $"'{token.Text}' is no number");

    private bool IsSymbol(int at, string text) => at < tokens.Count && tokens[at].Kind == TokenKind.Symbol && tokens[at].Text == text;

    private ChartException Error(int line, string message) => new(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {message}"));
}
