namespace NodeMesh.Resources.Manifests;

/// <summary>A time span as the Gateway API writes it (GEP-2257): whole numbers with h, m, s or ms.</summary>
internal sealed class GatewayDurationAttribute : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override string? Violation(object value) =>
        DurationText.TryParseGateway((string)value, out _) ? null : $"'{value}' is not a time span; write such as 500ms, 10s or 1h30m, without fractions";

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema) => schema.Set("pattern", DurationText.GatewayPattern);
}
