using System.Text.RegularExpressions;

namespace NodeMesh.Resources.Manifests;

/// <summary>An expression that a text has to match.</summary>
/// <param name="pattern">The expression, anchored, in the syntax that RE2 and .NET share.</param>
/// <param name="words">What it asks for, in words.</param>
internal sealed class MatchesAttribute(string pattern, string words) : FieldConstraintAttribute
{
    private readonly Regex _regex = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    public override string? Violation(object value) => _regex.IsMatch((string)value) ? null : $"'{value}' is not {words}";

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema) => schema.Set("pattern", pattern);
}
