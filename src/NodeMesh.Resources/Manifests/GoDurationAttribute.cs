namespace NodeMesh.Resources.Manifests;

/// <summary>A time span as Go writes it, of whole milliseconds and at least one.</summary>
internal sealed class GoDurationAttribute : FieldConstraintAttribute
{
    /// <summary>Whether 0 is allowed too, where it means without an end or only for a session.</summary>
    public bool ZeroAllowed { get; init; }

    /// <inheritdoc/>
    public override string? Violation(object value) =>
        !DurationText.TryParseGo((string)value, out var time) ? $"'{value}' is not a time span; write such as 500ms, 1.5s or 1h30m"
        : ZeroAllowed && time == TimeSpan.Zero ? null
        : time < TimeSpan.FromMilliseconds(1) ? $"'{value}' is too short; it has to be 1ms or more"
        : time.Ticks % TimeSpan.TicksPerMillisecond != 0 ? $"'{value}' is finer than a millisecond; round it"
        : null;

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema)
    {
        if (ZeroAllowed)
        {
            schema.AddRule("duration(self) >= duration('0s')", "must be a valid duration");
        }
        else
        {
            schema.AddRule("duration(self) >= duration('1ms')", "must be a valid duration greater than 1ms");
        }
    }
}
