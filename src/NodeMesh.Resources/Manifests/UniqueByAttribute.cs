using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>The field by which the items of a list differ: a map in the shape of a list.</summary>
/// <param name="field">The field's name in manifests.</param>
internal sealed class UniqueByAttribute(string field) : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override bool OnCollection => true;

    /// <inheritdoc/>
    public override string? Violation(object value)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in ValueShape.Items(value))
        {
            var key = Convert.ToString(TypeSchema.Of(item.GetType()).ByName[field].Property.GetValue(item), CultureInfo.InvariantCulture) ?? "";
            if (!seen.Add(key))
            {
                return $"has two items with {field} '{key}'; keep one, or rename it";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        schema.Set("x-kubernetes-list-type", "map");
        schema.Set("x-kubernetes-list-map-keys", SchemaBuilder.List([field]));
    }
}
