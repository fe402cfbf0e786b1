using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeMesh.Charts.Templates;

namespace NodeMesh.Charts.Values;

/// <summary>
/// Checks values against the chart's schema: the part of JSON Schema that <c>values.schema.json</c> uses. A keyword that is not known here is an error,
/// so that no rule goes unchecked.
/// </summary>
internal sealed class ValuesSchema
{
    private static readonly HashSet<string> Known =
    [
        "$schema", "title", "description", "type", "properties", "additionalProperties", "items", "enum", "pattern", "minimum", "maximum", "minLength",
    ];

    private readonly JsonElement _root;

    private ValuesSchema(JsonElement root) => _root = root;

    /// <summary>Reads a schema.</summary>
    /// <param name="json">Its text.</param>
    /// <exception cref="ChartException">It is no JSON.</exception>
    public static ValuesSchema Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new ValuesSchema(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new ChartException($"values.schema.json: {e.Message}", e);
        }
    }

    /// <summary>Checks values.</summary>
    /// <param name="values">The values.</param>
    /// <exception cref="ChartException">A value breaks a rule; the message names all that do.</exception>
    public void Check(SortedDictionary<string, object?> values)
    {
        var problems = new List<string>();
        Check(_root, values, "", problems);
        if (problems.Count > 0)
        {
            throw new ChartException($"values: {string.Join("\n        ", problems)}");
        }
    }

    private static void Check(JsonElement schema, object? value, string path, List<string> problems)
    {
        foreach (var keyword in schema.EnumerateObject().Where(k => !Known.Contains(k.Name)))
        {
            throw new ChartException($"values.schema.json: the keyword {keyword.Name} (of {Named(path)}) is not known");
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(t => Is(t, value)))
        {
            problems.Add($"{Named(path)} is {GoValue.Describe(value)}, and must be {string.Join(" or ", Types(type))}");
            return;
        }

        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => a.ToString() == GoValue.Print(value)))
        {
            problems.Add($"{Named(path)} is '{GoValue.Print(value)}', and must be one of {string.Join(", ", allowed.EnumerateArray().Select(a => a.ToString()))}");
        }

        switch (value)
        {
            case SortedDictionary<string, object?> map:
                CheckMap(schema, map, path, problems);
                break;
            case List<object?> list when schema.TryGetProperty("items", out var items):
                for (var i = 0; i < list.Count; i++)
                {
                    Check(items, list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), problems);
                }

                break;
            case string text:
                CheckText(schema, text, path, problems);
                break;
            case long or double:
                CheckNumber(schema, Convert.ToDouble(value, CultureInfo.InvariantCulture), path, problems);
                break;
        }
    }

    private static void CheckMap(JsonElement schema, SortedDictionary<string, object?> map, string path, List<string> problems)
    {
        var properties = schema.TryGetProperty("properties", out var given) ? given : default;
        var other = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var (key, value) in map)
        {
            var inner = path.Length == 0 ? key : $"{path}.{key}";
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(key, out var property))
            {
                Check(property, value, inner, problems);
            }
            else if (other.ValueKind == JsonValueKind.False)
            {
                problems.Add($"{inner} is not known; {Named(path)} has {string.Join(", ", properties.EnumerateObject().Select(p => p.Name))}");
            }
            else if (other.ValueKind == JsonValueKind.Object)
            {
                Check(other, value, inner, problems);
            }
        }
    }

    private static void CheckText(JsonElement schema, string text, string path, List<string> problems)
    {
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
        {
            problems.Add($"{Named(path)} is '{text}', and must match {pattern}");
        }

        if (schema.TryGetProperty("minLength", out var least) && text.Length < least.GetInt32())
        {
            problems.Add($"{Named(path)} is empty");
        }
    }

    private static void CheckNumber(JsonElement schema, double number, string path, List<string> problems)
    {
        if (schema.TryGetProperty("minimum", out var least) && number < least.GetDouble())
        {
            problems.Add($"{Named(path)} must be {least} or more");
        }

        if (schema.TryGetProperty("maximum", out var most) && number > most.GetDouble())
        {
            problems.Add($"{Named(path)} must be {most} or less");
        }
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool Is(string type, object? value) => type switch
    {
        "object" => value is SortedDictionary<string, object?>,
        "array" => value is List<object?>,
        "string" => value is string,
        "boolean" => value is bool,
        "integer" => value is long || (value is double real && real.Equals(Math.Floor(real))),
        "number" => value is long or double,
        "null" => value is null,
        _ => throw new ChartException($"values.schema.json: the type {type} is not known"),
    };

    private static string Named(string path) => path.Length == 0 ? "the values" : path;
}
