using System.Collections;

namespace NodeMesh.Resources.Manifests;

/// <summary>How many items a list or map may have.</summary>
/// <param name="least">The least number.</param>
/// <param name="most">The greatest number.</param>
internal sealed class CountAttribute(int least, int most) : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override bool OnCollection => true;

    /// <inheritdoc/>
    public override string? Violation(object value)
    {
        var count = ((ICollection)value).Count;
        return count < least ? $"needs at least {least} item{(least == 1 ? "" : "s")}"
            : count > most ? $"has {count} items; at most {most} are allowed"
            : null;
    }

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        if (least > 0)
        {
            schema.Set(schema.IsMap ? "minProperties" : "minItems", least);
        }

        schema.Set(schema.IsMap ? "maxProperties" : "maxItems", most);
    }
}
