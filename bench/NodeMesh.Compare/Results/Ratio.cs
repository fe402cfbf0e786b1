namespace NodeMesh.Compare.Results;

/// <summary>A figure that a target is set for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null where a row that it needs was not measured.</param>
/// <param name="Target">The target.</param>
/// <param name="AtLeast">True where more is better.</param>
internal sealed record Ratio(string Name, double? Value, double Target, bool AtLeast)
{
    /// <summary>Whether the target is met; null where nobody knows.</summary>
    public bool? IsMet => Value is null || !double.IsFinite(Value.Value) ? null : AtLeast ? Value >= Target : Value <= Target;
}
