using System.Globalization;
using System.Text;

namespace NodeMesh.Charts.Templates;

/// <summary>Writes a template. A field that is not there is an error, where Go would write nothing.</summary>
internal sealed class TemplateEvaluator
{
    /// <summary>Go's own limit is 100,000; ours must be met before the stack ends.</summary>
    private const int MaxDepth = 200;

    private readonly TemplateSet _set;
    private readonly string _file;
    private readonly int _depth;
    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];

    private TemplateEvaluator(TemplateSet set, string file, object? root, int depth)
    {
        _set = set;
        _file = file;
        _depth = depth;
        _variables.Add(("$", root));
    }

    /// <summary>Writes a template.</summary>
    /// <param name="set">What it may include.</param>
    /// <param name="file">Its file, for errors.</param>
    /// <param name="body">Its parts.</param>
    /// <param name="root">What it is given.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ChartException">A value is missing or of the wrong kind.</exception>
    public static string Run(TemplateSet set, string file, IReadOnlyList<TemplateNode> body, object? root) => Run(set, file, body, root, 0);

    private static string Run(TemplateSet set, string file, IReadOnlyList<TemplateNode> body, object? root, int depth)
    {
        var evaluator = new TemplateEvaluator(set, file, root, depth);
        evaluator.Write(body, root);
        return evaluator._output.ToString();
    }

    private void Write(IReadOnlyList<TemplateNode> body, object? dot)
    {
        // A variable lives until its block ends.
        var outer = _variables.Count;
        foreach (var node in body)
        {
            Write(node, dot);
        }

        _variables.RemoveRange(outer, _variables.Count - outer);
    }

    private void Write(TemplateNode node, object? dot)
    {
        switch (node)
        {
            case TextNode text:
                _output.Append(text.Text);
                break;
            case OutputNode output:
                var value = Evaluate(output.Value, dot);
                _output.Append(GoValue.Print(value) ?? throw Error(output.Value, $"{GoValue.Describe(value)} cannot be written; use toYaml, or give it a default"));
                break;
            case AssignNode assign:
                Assign(assign, Evaluate(assign.Value, dot));
                break;
            case IfNode choice:
                WriteChoice(choice, dot);
                break;
            case RangeNode range:
                WriteRange(range, dot);
                break;
        }
    }

    private void Assign(AssignNode assign, object? value)
    {
        var at = assign.Declare ? -1 : _variables.FindLastIndex(v => v.Name == assign.Name);
        if (assign.Declare)
        {
            _variables.Add((assign.Name, value));
        }
        else
        {
            _variables[at < 0 ? throw Error(assign.Value, $"{assign.Name} is not declared") : at] = (assign.Name, value);
        }
    }

    private void WriteChoice(IfNode choice, object? dot)
    {
        var outer = _variables.Count;
        var value = Evaluate(choice.Condition, dot);
        if (choice.Variable is { } variable)
        {
            _variables.Add((variable, value));
        }

        var holds = GoValue.IsTrue(value);
        Write(holds ? choice.Body : choice.Otherwise, holds && choice.SetsDot ? value : dot);
        _variables.RemoveRange(outer, _variables.Count - outer);
    }

    private void WriteRange(RangeNode range, object? dot)
    {
        var over = Evaluate(range.Over, dot);
        List<(object? Key, object? Value)> items = over switch
        {
            List<object?> list => [.. list.Select((v, i) => ((object?)(long)i, v))],
            SortedDictionary<string, object?> map => [.. map.Select(e => ((object?)e.Key, e.Value))],
            null => [],
            _ => throw Error(range.Over, $"range goes over a list or a map, not {GoValue.Describe(over)}"),
        };
        foreach (var (key, value) in items)
        {
            var outer = _variables.Count;
            if (range.Key is not null)
            {
                _variables.Add((range.Key, key));
            }

            if (range.Value is not null)
            {
                _variables.Add((range.Value, value));
            }

            Write(range.Body, value);
            _variables.RemoveRange(outer, _variables.Count - outer);
        }

        if (items.Count == 0)
        {
            Write(range.Otherwise, dot);
        }
    }

    private object? Evaluate(TemplateExpression expression, object? dot) => expression switch
    {
        LiteralExpression literal => literal.Value,
        DotExpression => dot,
        VariableExpression variable => _variables.FindLastIndex(v => v.Name == variable.Name) is >= 0 and var at
            ? _variables[at].Value
            : throw Error(variable, $"{variable.Name} is not declared"),
        FieldExpression field => Field(field, dot),
        CallExpression call => Call(call, dot),
        _ => throw Error(expression, "cannot be evaluated"),
    };

    private object? Field(FieldExpression field, object? dot)
    {
        var target = Evaluate(field.Target, dot);
        switch (target)
        {
            case TemplateObject instance when instance.Methods.TryGetValue(field.Name, out var method):
                return method([.. field.Arguments.Select(a => Evaluate(a, dot))]);
            case SortedDictionary<string, object?> when field.Arguments.Count > 0:
                throw Error(field, $"{field.Path} is a value, and takes no arguments");
            case SortedDictionary<string, object?> map:
                return map.TryGetValue(field.Name, out var value) ? value : throw Error(field, $"{field.Path} is not set; there {(map.Count == 1 ? "is" : "are")} {string.Join(", ", map.Keys)}");
            default:
                throw Error(field, $"{field.Path}: {GoValue.Describe(target)} has no field {field.Name}");
        }
    }

    private object? Call(CallExpression call, object? dot)
    {
        if (call.Function is "and" or "or")
        {
            // As Go has it since 1.18: the first that decides, and what comes after is not looked at.
            object? value = null;
            foreach (var argument in call.Arguments)
            {
                value = Evaluate(argument, dot);
                if (GoValue.IsTrue(value) == (call.Function == "or"))
                {
                    break;
                }
            }

            return value;
        }

        var arguments = call.Arguments.Select(a => Evaluate(a, dot)).ToList();
        if (call.Function == "include")
        {
            return Include(call, arguments);
        }

        try
        {
            return TemplateFunctions.Call(call.Function, arguments);
        }
        catch (FormatException e)
        {
            throw Error(call, e.Message);
        }
    }

    private string Include(CallExpression call, List<object?> arguments)
    {
        if (arguments[0] is not string name || !_set.Definitions.TryGetValue(name, out var definition))
        {
            throw Error(call, $"nothing is defined as {(arguments[0] is string text ? $"\"{text}\"" : GoValue.Describe(arguments[0]))}");
        }

        return _depth < MaxDepth
            ? Run(_set, definition.File, definition.Body, arguments[1], _depth + 1)
            : throw Error(call, $"\"{name}\" includes itself without end");
    }

    private ChartException Error(TemplateExpression at, string message) => new(string.Create(CultureInfo.InvariantCulture, $"{_file}:{at.Line}: {message}"));
}
