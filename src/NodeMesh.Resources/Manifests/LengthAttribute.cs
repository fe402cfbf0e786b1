namespace NodeMesh.Resources.Manifests;

/// <summary>How long a text may be.</summary>
/// <param name="least">The least number of characters.</param>
/// <param name="most">The greatest number of characters.</param>
internal sealed class LengthAttribute(int least, int most) : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override string? Violation(object value) => ((string)value).Length switch
    {
        0 when least > 0 => "is empty; write a value or remove it",
        var length when length < least => $"is {length} characters long; it needs at least {least}",
        var length when length > most => $"is {length} characters long; at most {most} are allowed",
        _ => null,
    };

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        if (least > 0)
        {
            schema.Set("minLength", least);
        }

        schema.Set("maxLength", most);
    }
}
