using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>Collects the keywords of an OpenAPI v3 schema.</summary>
internal sealed class SchemaBuilder
{
    private readonly SortedDictionary<string, ManifestNode> _keywords = new(StringComparer.Ordinal);
    private readonly List<ManifestNode> _rules = [];

    /// <summary>True for the schema of a map.</summary>
    public bool IsMap { get; init; }

    /// <summary>Sets a keyword to a text.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="text">The text.</param>
    public void Set(string keyword, string text) => _keywords[keyword] = ManifestScalar.String(text);

    /// <summary>Sets a keyword to a whole number.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="number">The number.</param>
    public void Set(string keyword, long number) => _keywords[keyword] = ManifestScalar.Integer(number);

    /// <summary>Sets a keyword to a number.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="number">The number.</param>
    public void Set(string keyword, double number) => _keywords[keyword] = double.IsInteger(number) && Math.Abs(number) < 1e15
        ? ManifestScalar.Integer((long)number)
        : new ManifestScalar(number.ToString("R", CultureInfo.InvariantCulture), ScalarKind.Float);

    /// <summary>Sets a keyword to true or false.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="flag">The value.</param>
    public void Set(string keyword, bool flag) => _keywords[keyword] = ManifestScalar.Boolean(flag);

    /// <summary>Sets a keyword to a tree.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="node">The tree.</param>
    public void Set(string keyword, ManifestNode node) => _keywords[keyword] = node;

    /// <summary>Adds a rule in the Common Expression Language.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="message">What is wrong when it does not hold.</param>
    public void AddRule(string rule, string message) => _rules.Add(new ManifestMapping(
        [new ManifestEntry("message", ManifestScalar.String(message)), new ManifestEntry("rule", ManifestScalar.String(rule))]));

    /// <summary>The schema, keywords sorted.</summary>
    public ManifestMapping Build()
    {
        if (_rules.Count > 0)
        {
            _keywords["x-kubernetes-validations"] = new ManifestSequence([.. _rules]);
        }

        return new ManifestMapping([.. _keywords.Select(k => new ManifestEntry(k.Key, k.Value))]);
    }

    /// <summary>A list of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The list.</returns>
    public static ManifestSequence List(IEnumerable<string> texts) => new([.. texts.Select(ManifestScalar.String)]);
}
