using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>The range of a number.</summary>
/// <param name="least">The least value.</param>
/// <param name="most">The greatest value.</param>
internal sealed class InRangeAttribute(double least, double most) : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override string? Violation(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (number >= least && number <= most)
        {
            return null;
        }

        var text = number.ToString(CultureInfo.InvariantCulture);
        return Unbounded
            ? string.Create(CultureInfo.InvariantCulture, $"{text} is too small; it has to be {least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"{text} is not in range; write a number from {least} to {most}");
    }

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        schema.Set("minimum", least);
        if (!Unbounded)
        {
            schema.Set("maximum", most);
        }
    }

    private bool Unbounded => most >= int.MaxValue;
}
