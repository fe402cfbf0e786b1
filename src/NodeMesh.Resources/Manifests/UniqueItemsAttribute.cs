namespace NodeMesh.Resources.Manifests;

/// <summary>A list whose items differ.</summary>
internal sealed class UniqueItemsAttribute : FieldConstraintAttribute
{
    /// <inheritdoc/>
    public override bool OnCollection => true;

    /// <inheritdoc/>
    public override string? Violation(object value)
    {
        var seen = new HashSet<object>();
        var twice = ValueShape.Items(value).FirstOrDefault(item => !seen.Add(item));
        return twice is null ? null : $"has '{twice}' twice; remove one of them";
    }

    /// <inheritdoc/>
    public override void Describe(SchemaBuilder schema) => schema.Set("x-kubernetes-list-type", "set");
}
