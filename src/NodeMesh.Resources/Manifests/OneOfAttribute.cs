using System.Collections.Immutable;
using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>The values that a field may have.</summary>
/// <param name="values">The values.</param>
internal sealed class OneOfAttribute(params string[] values) : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override string? Violation(object value) =>
        values.Contains(Convert.ToString(value, CultureInfo.InvariantCulture)) ? null : $"'{value}' is not one of {string.Join(", ", values)}";

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        var numbers = values.All(v => int.TryParse(v, CultureInfo.InvariantCulture, out _));
        schema.Set("enum", new ManifestSequence(
            [.. values.Select(ManifestNode (v) => numbers ? ManifestScalar.Integer(int.Parse(v, CultureInfo.InvariantCulture)) : ManifestScalar.String(v))]));
    }
}
